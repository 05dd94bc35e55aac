import { features } from "../../../operators/features/operator.js";
import { contract } from "../contract.js";
import { marketContexts, mixedEvents, services } from "./events.js";

contract("features", {
  operator: features,
  inputs: mixedEvents(60, marketContexts(60)),
  services,
  stateSchema: "features.state.avsc",
});
