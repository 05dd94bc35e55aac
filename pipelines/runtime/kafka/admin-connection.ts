import type { Admin, Kafka } from "kafkajs";

/** KafkaJS's admin client, connected with the first question, and anew with the next one where that failed. */
export class AdminConnection {
  readonly #admin: Admin;
  #connected: Promise<void> | undefined;

  constructor(kafka: Pick<Kafka, "admin">) {
    this.#admin = kafka.admin();
  }

  async ready(): Promise<Admin> {
    this.#connected ??= this.#admin.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
    return this.#admin;
  }

  async close(): Promise<void> {
    if (this.#connected) await this.#admin.disconnect();
  }
}
