import type { CommandWords, OptionWords } from "./grammar.js";

/** The walk over what was typed: `path` the command reached, `place` the number of its arguments given so far. */
const walk = `
_newstape() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" place=0 index word
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ "$word" == -* ]]; then
      if _newstape_takes_value "$path" "$word"; then ((index++)); fi
    elif _newstape_is_command "$path" "$word"; then
      path="\${path:+$path }$word"; place=0
    else
      ((place++))
    fi
  done
  local words
  if [[ "$previous" == -* ]] && _newstape_takes_value "$path" "$previous"; then
    words="$(_newstape_option_values "$path" "$previous")"
  elif [[ "$current" == -* ]]; then
    words="$(_newstape_options "$path")"
  else
    words="$(_newstape_arguments "$path" "$place")"
  fi
  # Without words of ours bash completes files.
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _newstape newstape
`;

const names = ({ name, others }: OptionWords): string[] => [name, ...others];

export function bashScript(grammar: readonly CommandWords[]): string {
  const cases = (lines: readonly string[]): string => [...lines, "    *) return 1 ;;"].join("\n");
  const takesValue = grammar.flatMap(({ path, options }) =>
    options.filter((option) => option.takesValue).flatMap((option) => names(option).map((name) => `"${path}|${name}"`)),
  );
  const children = grammar.flatMap(({ path, commands }) => commands.map(({ name }) => `"${path}|${name}"`));
  const options = grammar.map(
    ({ path, options: own }) => `    "${path}") echo "${own.map(({ name }) => name).join(" ")}" ;;`,
  );
  const optionValues = grammar.flatMap(({ path, options: own }) =>
    own.flatMap((option) =>
      option.values
        ? [
            `    ${names(option)
              .map((name) => `"${path}|${name}"`)
              .join("|")}) echo "${option.values.join(" ")}" ;;`,
          ]
        : [],
    ),
  );
  const values = grammar.flatMap(({ path, commands, values: own, isVariadic }) => {
    if (commands.length > 0) return [`    "${path}|0") echo "${commands.map(({ name }) => name).join(" ")}" ;;`];
    return own.flatMap((list, place) => {
      const pattern = isVariadic && place === own.length - 1 ? `"${path}|"*` : `"${path}|${place}"`;
      return list ? [`    ${pattern}) echo "${list.join(" ")}" ;;`] : [];
    });
  });
  const define = (name: string, subject: string, lines: readonly string[]): string =>
    `${name}() {\n  case "${subject}" in\n${cases(lines)}\n  esac\n}`;
  const ofList = (patterns: readonly string[]): string[] =>
    patterns.length > 0 ? [`    ${patterns.join("|\\\n    ")}) return 0 ;;`] : [];
  return `# Completion of newstape for bash, written by \`newstape completion bash\`.
${define("_newstape_takes_value", "$1|$2", ofList(takesValue))}
${define("_newstape_is_command", "$1|$2", ofList(children))}
${define("_newstape_options", "$1", options)}
${define("_newstape_option_values", "$1|$2", optionValues)}
${define("_newstape_arguments", "$1|$2", values)}
${walk.trimStart()}`;
}
