import { everyFeature } from "../../../operators/features/feature-sets.js";
import { features } from "../../../operators/features/operator.js";
import { contract } from "../contract.js";
import { core, marketContexts, mixedEvents, services } from "./events.js";

contract("features", {
  operator: features,
  inputs: mixedEvents(60, marketContexts(60)),
  services: { ...services, sets: [core, everyFeature] },
  stateSchema: "features.state.avsc",
});
