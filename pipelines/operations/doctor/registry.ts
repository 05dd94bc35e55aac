import { messageOf } from "../../runtime/errors.js";
import { subjectOf } from "../../runtime/codec.js";
import { error, ok, type Check } from "./check.js";

export const registry: Check = {
  name: "registry",
  looksAt: "whether the schema registry answers",
  needs: [],
  async run({ config, names, subjects }) {
    const { url } = config.schemaRegistry;
    if (url === "") return [error("no schema registry is known", "The local stack was never started.", "newstape up")];
    try {
      await subjects.compatibility(subjectOf(names.topic("news.raw")));
      return [ok(url)];
    } catch (fault) {
      return [
        error(
          messageOf(fault),
          "A process that starts cannot find its schemas; those that run go on with the schemas that they know.",
          "Check SCHEMA_REGISTRY_URL, or run `newstape up`.",
        ),
      ];
    }
  },
};
