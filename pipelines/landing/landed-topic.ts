import { topicNames, type TopicName } from "../../schemas/topics.js";

/** Topics that land: all but the registry, which has its truth in the database already. */
export type LandedTopic = Exclude<TopicName, "models.registry">;
export const landedTopics = topicNames.filter((name): name is LandedTopic => name !== "models.registry");
