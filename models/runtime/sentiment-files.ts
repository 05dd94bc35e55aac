/** Files of a transformer's artefact besides the model itself. */
export const tokenizerFile = "tokenizer.json";
export const tokenizerConfigFile = "tokenizer_config.json";
