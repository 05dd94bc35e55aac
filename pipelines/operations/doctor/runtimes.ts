import { checkJava } from "../../../deploy/local/tools.js";
import { messageOf } from "../../runtime/errors.js";
import { error, ok, type Check, type Finding } from "./check.js";

/** As `engines` of package.json has it. */
const oldestNode = [20, 12] as const;

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  if (isEnough) return ok(`Node ${version}`);
  return error(
    `Node ${version} is too old`,
    `Newstape needs ${oldestNode.join(".")} or newer.`,
    "Install a newer Node.",
  );
}

export const runtimes: Check = {
  name: "runtimes",
  looksAt: "the versions of Node and, for the local stack, Java",
  needs: [],
  async run({ config }) {
    const findings = [nodeFinding(process.version)];
    const { kafkaBrokers, schemaRegistryUrl } = config.external;
    if (kafkaBrokers && schemaRegistryUrl) return findings;
    try {
      await checkJava(config.java);
      findings.push(ok(`Java: ${config.java}`));
    } catch (fault) {
      findings.push(
        error(
          messageOf(fault),
          "The local Kafka and schema registry cannot start.",
          "Install Java 17 or newer, set JAVA_HOME, or name your own servers.",
        ),
      );
    }
    return findings;
  },
};
