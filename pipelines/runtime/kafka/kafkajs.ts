/** KafkaJS is a CommonJS package whose names Node cannot see: its values come through here. */
import kafkajs from "kafkajs";

export const { AssignerProtocol, CompressionTypes, ConfigResourceTypes, Kafka, Partitioners, logLevel } = kafkajs;
