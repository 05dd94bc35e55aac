import type { CommandWords, OptionWords } from "./grammar.js";

/** Text inside a quoted specification of `_arguments` or `_describe`: colons and brackets separate there. */
const inSpecification = (text: string): string => text.replace(/'/g, "'\\''").replace(/[[\]:\\]/g, "\\$&");

const functionOf = (path: string): string => ["_newstape", ...path.split(" ").filter(Boolean)].join("_");

export function zshScript(grammar: readonly CommandWords[]): string {
  return `#compdef newstape
# Completion of newstape for zsh, written by \`newstape completion zsh\`.
${grammar.map(functionFor).join("\n")}
# As a file of $fpath it is called, sourced it is registered.
if [[ "\${zsh_eval_context[-1]}" == loadautofunc ]]; then _newstape "$@"; else compdef _newstape newstape; fi
`;
}

function functionFor({ path, commands, options, values, isVariadic }: CommandWords): string {
  const specifications = options.flatMap(optionSpecifications);
  if (commands.length > 0) {
    const described = commands.map(({ name, description }) => `'${name}:${inSpecification(description)}'`);
    const branches = commands.map(({ name }) => `    ${name}) ${functionOf(`${path} ${name}`)} ;;`);
    return `${functionOf(path)}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C ${specifications.join(" ")} '1: :->command' '*:: :->rest'
  case $state in
  command)
    local -a commands=(${described.join(" ")})
    _describe command commands ;;
  rest)
    case $line[1] in
${branches.join("\n")}
    esac ;;
  esac
}`;
  }
  const places = values.map((list, place) => {
    const number = isVariadic && place === values.length - 1 ? "*" : String(place + 1);
    return `'${number}:${list ? `:(${list.join(" ")})` : "file:_files"}'`;
  });
  return `${functionOf(path)}() {
  _arguments ${[...specifications, ...places].join(" ")}
}`;
}

function optionSpecifications({ name, others, description, takesValue, values }: OptionWords): string[] {
  const value = takesValue ? `:value:${values ? `(${values.join(" ")})` : "_files"}` : "";
  return [name, ...others].map((spelling) => `'${spelling}[${inSpecification(description)}]${value}'`);
}
