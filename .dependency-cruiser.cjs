/** The layering of pipelines/README.md, "Layout": operators import schemas and models; pipelines import all three; nothing imports pipelines. */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "schemas-stand-alone",
      severity: "error",
      from: { path: "^schemas" },
      to: { path: "^(operators|models|pipelines|deploy|test)" },
    },
    {
      name: "models-know-schemas-only",
      severity: "error",
      from: { path: "^models" },
      to: { path: "^(operators|pipelines|deploy|test)" },
    },
    {
      name: "operators-know-no-pipelines",
      severity: "error",
      from: { path: "^operators" },
      to: { path: "^(pipelines|deploy|test)" },
    },
    {
      name: "operators-know-no-kafka-sql-or-clock",
      severity: "error",
      from: { path: "^operators" },
      to: { path: "node_modules/(kafkajs|pg|pino|prom-client|@kafkajs)" },
    },
    {
      name: "one-kafka-port",
      comment: "KafkaJS sits behind one narrow port.",
      severity: "error",
      from: { path: "^(schemas|operators|models|pipelines|deploy)", pathNot: "^pipelines/runtime/kafka/" },
      to: { path: "node_modules/kafkajs" },
    },
    {
      name: "deploy-knows-no-pipelines",
      comment: "With the three rules above: nothing imports pipelines.",
      severity: "error",
      from: { path: "^deploy" },
      to: { path: "^pipelines" },
    },
    {
      name: "runtime-knows-no-models",
      comment: "What an operator asks for besides its inputs, the runtime hands over as it is.",
      severity: "error",
      from: { path: "^pipelines/runtime/" },
      to: { path: "^models/" },
    },
    {
      name: "runtime-knows-operators-not-the-domain",
      comment:
        "What an operator is stands beside the folders of the stages; settings and metrics come with a stage's declaration.",
      severity: "error",
      from: { path: "^pipelines/runtime/" },
      to: { path: "^operators/[^/]+/" },
    },
    {
      name: "runtime-knows-no-use-cases",
      severity: "error",
      from: { path: "^pipelines/runtime/" },
      to: { path: "^(pipelines/(?!runtime/)|deploy/)" },
    },
    {
      name: "nothing-imports-cli",
      comment: "What the command line does lies in operations/ and queries/, where an API and a dashboard find it too.",
      severity: "error",
      from: { pathNot: "^(pipelines/cli|test)/" },
      to: { path: "^pipelines/cli/" },
    },
    {
      name: "commands-parse-and-print",
      severity: "error",
      from: { path: "^pipelines/cli/commands/" },
      to: { path: "^pipelines/runtime/(kafka|database|stage)/" },
    },
    {
      name: "queries-are-sql-alone",
      severity: "error",
      from: { path: "^pipelines/queries/" },
      to: { path: "^pipelines/(cli|operations|services|stages|runtime/(kafka|stage))/" },
    },
    { name: "nothing-imports-tests", severity: "error", from: { pathNot: "^test" }, to: { path: "^test" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    exclude: { path: "dist|\\.venv" },
  },
};
