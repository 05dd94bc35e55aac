import { Command } from "commander";
import { completionScript, shells, type Shell } from "../completion/completion.js";
import { UserError } from "../../runtime/errors.js";
import { withJson, writeJson } from "../output.js";
import { didYouMean } from "../suggest.js";

export function completionCommand(): Command {
  return withJson(new Command("completion"), "{shell, script}")
    .description("Print the completion script of a shell.")
    .argument("<shell>", shells.join(", "))
    .addHelpText(
      "after",
      `
Use it at once, and put the line into the shell's start file to keep it:
  bash   source <(newstape completion bash)
  zsh    source <(newstape completion zsh)       after \`autoload -Uz compinit && compinit\`
  fish   newstape completion fish | source
In a clone, \`alias newstape='npx newstape'\` makes the command of that name.`,
    )
    .action((name: string, { json }: { json?: boolean }, command: Command) => {
      const shell = shells.find((candidate): candidate is Shell => candidate === name);
      if (!shell) throw new UserError(`There is no completion for ${name}`, didYouMean(name, shells));
      let program = command;
      while (program.parent) program = program.parent;
      const script = completionScript(program, shell);
      if (json) writeJson({ shell, script });
      else process.stdout.write(script);
    });
}
