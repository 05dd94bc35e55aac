import type { CommandWords } from "./grammar.js";

const quoted = (text: string): string => `'${text.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'`;

/** The commands typed so far, in their order; what is no command is left out. */
const path = `function __newstape_path
    set -l path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        set -l candidate (string join ' ' $path $word)
        contains -- $candidate $__newstape_paths; and set -a path $word
    end
    string join ' ' $path
end
function __newstape_at
    test (__newstape_path | string collect -a) = "$argv[1]"
end
`;

export function fishScript(grammar: readonly CommandWords[]): string {
  const paths = grammar.flatMap((words) => (words.path ? [quoted(words.path)] : []));
  return `# Completion of newstape for fish, written by \`newstape completion fish\`.
set -g __newstape_paths ${paths.join(" ")}
${path}complete -c newstape -e
${grammar.flatMap(linesFor).join("\n")}
`;
}

function linesFor({ path: reached, commands, options, values }: CommandWords): string[] {
  const at = `-n ${quoted(`__newstape_at ${JSON.stringify(reached)}`)}`;
  const words = commands.map(
    ({ name, description }) => `complete -c newstape -f ${at} -a ${name} -d ${quoted(description)}`,
  );
  const flags = options.map(({ name, others, description, takesValue, values: own }) => {
    const short = others.map((other) => ` -s ${other.slice(1)}`).join("");
    const value = takesValue ? (own ? ` -x -a ${quoted(own.join(" "))}` : " -r") : "";
    return `complete -c newstape ${at} -l ${name.slice(2)}${short}${value} -d ${quoted(description)}`;
  });
  const listed = values.filter((list) => list !== undefined);
  const places = listed.map((list) => `complete -c newstape -f ${at} -a ${quoted(list.join(" "))}`);
  return [...words, ...flags, ...places];
}
