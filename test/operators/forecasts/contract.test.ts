import { forecasts } from "../../../operators/forecasts/operator.js";
import { services } from "../../helpers/records.js";
import { contract } from "../contract.js";
import { mixedEvents } from "./events.js";

contract("forecasts", { operator: forecasts, inputs: mixedEvents(), services, stateSchema: "forecasts.state.avsc" });
