import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { hasArgument, type Component } from "./component.js";
import { StackError } from "./errors.js";

const marker = (dataDirectory: string): string => `-Dnewstape.registry=${dataDirectory}`;
const baseUrl = (port: number): string => `http://127.0.0.1:${port}/apis/ccompat/v7`;

/** ~3.5 s to the first reply and about 200 MiB resident with these on two cores. */
const javaFlags = ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=64m"];

/** Apicurio Registry, used through its Confluent-compatible interface only. */
export const registry: Component = {
  name: "registry",
  title: "Schema registry",
  defaultPort: 8081,
  needsJava: true,
  usesArchive: false,
  stopSignal: "SIGTERM",
  plan: async ({ state }) => state,

  async prepare({ dataDirectory, artifactDirectory, java, state }) {
    const home = join(dataDirectory, "registry");
    await mkdir(home, { recursive: true });
    const jar = (await readdir(artifactDirectory)).find((file) => file.endsWith("-runner.jar"));
    if (!jar)
      throw new StackError("START_FAILED", `${artifactDirectory} is damaged. Remove it; it will be downloaded again.`);
    // WRITE_DELAY=0: by default a commit may wait 500 ms in memory, and a killed registry would forget ids that producers already use.
    const database = `jdbc:h2:file:${join(home, "registry")};AUTO_SERVER=FALSE;WRITE_DELAY=0`;
    const properties = {
      "quarkus.http.host": "127.0.0.1",
      "quarkus.http.port": state.port,
      // Both are needed: with only one of them it stays in memory without a word.
      "quarkus.datasource.jdbc.url": database,
      "registry.datasource.url": database,
      "java.util.logging.manager": "org.jboss.logmanager.LogManager",
    };
    const settings = Object.entries(properties).map(([key, value]) => `-D${key}=${value}`);
    return {
      command: java,
      parameters: [...javaFlags, ...settings, marker(dataDirectory), "-jar", join(artifactDirectory, jar)],
    };
  },

  roleOf: (process, { dataDirectory }) => (hasArgument(process, marker(dataDirectory)) ? "server" : undefined),

  async probe({ state }) {
    try {
      const response = await fetch(`${baseUrl(state.port)}/subjects`, { signal: AbortSignal.timeout(2_000) });
      return response.ok && Array.isArray(await response.json());
    } catch {
      return false;
    }
  },

  address: async ({ state }) => baseUrl(state.port),
};
