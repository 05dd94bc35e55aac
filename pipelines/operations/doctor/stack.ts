import { portHolder } from "../../../deploy/local/port-holder.js";
import { stackStatus } from "../../../deploy/local/stack.js";
import { error, ok, type Check, type Finding } from "./check.js";

export const stack: Check = {
  name: "stack",
  looksAt: "the processes and ports of the local stack",
  needs: [],
  async run({ config, stackDirectory }) {
    const { kafkaBrokers, schemaRegistryUrl, databaseUrl } = config.external;
    const external = { kafka: kafkaBrokers, registry: schemaRegistryUrl, postgres: databaseUrl };
    const wanted = (["kafka", "registry", "postgres"] as const).filter((name) => external[name] === undefined);
    if (wanted.length === 0) return [ok("not used: the environment names all three servers")];
    const components = (await stackStatus(stackDirectory)).filter(({ name }) => wanted.includes(name));
    if (components.length === 0) {
      return [
        error(
          `never started in ${stackDirectory}`,
          "The environment does not name all three servers, and the local stack stands in for the others.",
          "newstape up",
        ),
      ];
    }
    return Promise.all(
      components.map(async ({ title, port, healthy, pid }): Promise<Finding> => {
        if (healthy) return ok(`${title} on port ${port}`);
        const holder = await portHolder(port);
        if (pid === undefined && holder) {
          return error(
            `${title} does not run, and process ${holder.pid} holds its port ${port}`,
            `It is: ${holder.command.slice(0, 120)}. Clients that have the address written down would reach the wrong server.`,
            `Stop process ${holder.pid}, then \`newstape up\`; or \`newstape up\` alone, which takes another port.`,
          );
        }
        return pid === undefined
          ? error(
              `${title} does not run`,
              "It was stopped or has ended; its log is in the stack's directory.",
              "newstape up",
            )
          : error(
              `${title} runs as process ${pid}, but does not answer on port ${port}`,
              "It is starting, frozen or out of memory.",
              "newstape down && newstape up",
            );
      }),
    );
  },
};
