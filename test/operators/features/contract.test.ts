import { features } from "../../../operators/features/operator.js";
import { services } from "../../helpers/records.js";
import { contract } from "../contract.js";
import { mixedEvents } from "./events.js";

contract("features", { operator: features, inputs: mixedEvents(), services, stateSchema: "features.state.avsc" });
