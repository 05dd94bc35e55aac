import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads whole topics under read_committed by Kafka's own consumer, so that what the pipeline's client wrote is counted by another one.
 * Reads a command a line, "patience-in-ms topic topic ...", and answers with a line for each record and then one with "end" and their
 * number. When a transaction stays open, or the end is not reached, the last line is "fail" with the reason instead.
 *
 * A record's fields, separated by tabs: "record", topic, partition, offset, time stamp, key, value, headers; the last three in base64,
 * "-" where there is none, a header as name:value, several separated by commas.
 */
public class ReadCommitted {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  public static void main(String[] arguments) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "none");
    settings.put("metadata.max.age.ms", 1_000);
    settings.put("socket.connection.setup.timeout.ms", 2_000);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    Writer output = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.US_ASCII), 1 << 16);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      try {
        long count = read(settings, Long.parseLong(words[0]), Arrays.asList(words).subList(1, words.length), output);
        output.write("end\t" + count + "\n");
      } catch (Exception error) {
        output.write("fail\t" + error.toString().replaceAll("\\s+", " ") + "\n");
      }
      output.flush();
    }
  }

  private static long read(Map<String, Object> settings, long patience, List<String> topics, Writer output) throws Exception {
    Map<TopicPartition, Long> ends;
    Map<String, Object> asking = new HashMap<>(settings);
    asking.keySet().retainAll(Set.of("bootstrap.servers", "metadata.max.age.ms", "socket.connection.setup.timeout.ms"));
    try (Admin admin = Admin.create(asking)) {
      ends = settledEnds(admin, topics, patience);
    }
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      Set<TopicPartition> unfinished = new HashSet<>(ends.keySet());
      long count = 0;
      long reached = -1;
      long moved = System.nanoTime();
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() >= ends.get(new TopicPartition(record.topic(), record.partition()))) continue;
          write(record, output);
          count += 1;
        }
        // The position passes markers and aborted records too.
        long sum = 0;
        for (TopicPartition place : ends.keySet()) sum += consumer.position(place);
        unfinished.removeIf(place -> consumer.position(place) >= ends.get(place));
        if (unfinished.isEmpty()) return count;
        if (sum > reached) moved = System.nanoTime();
        reached = sum;
        if (millisSince(moved) > patience) {
          TopicPartition place = unfinished.iterator().next();
          throw new IllegalStateException(
            place + " was read to " + consumer.position(place) + " of " + ends.get(place) + ", and no further in " + patience + " ms"
          );
        }
      }
    }
  }

  /** The ends of the logs once no transaction is open below them, which two looks must agree on. */
  private static Map<TopicPartition, Long> settledEnds(Admin admin, List<String> topics, long patience) throws Exception {
    List<TopicPartition> places = new ArrayList<>();
    for (TopicDescription topic : admin.describeTopics(topics).allTopicNames().get().values())
      for (TopicPartitionInfo partition : topic.partitions())
        places.add(new TopicPartition(topic.name(), partition.partition()));
    long began = System.nanoTime();
    Map<TopicPartition, Long> before = null;
    while (true) {
      Map<TopicPartition, Long> stable = ends(admin, places, IsolationLevel.READ_COMMITTED);
      Map<TopicPartition, Long> all = ends(admin, places, IsolationLevel.READ_UNCOMMITTED);
      if (stable.equals(all) && all.equals(before)) return all;
      if (millisSince(began) > patience) {
        for (TopicPartition place : places)
          if (stable.get(place) < all.get(place))
            throw new IllegalStateException(
              "a transaction is open on " + place + ": stable to " + stable.get(place) + " of " + all.get(place)
            );
        throw new IllegalStateException("something still writes: the topics did not come to rest in " + patience + " ms");
      }
      before = all;
      Thread.sleep(100);
    }
  }

  private static Map<TopicPartition, Long> ends(Admin admin, List<TopicPartition> places, IsolationLevel level) throws Exception {
    Map<TopicPartition, OffsetSpec> question = new HashMap<>();
    for (TopicPartition place : places) question.put(place, OffsetSpec.latest());
    Map<TopicPartition, Long> result = new HashMap<>();
    admin.listOffsets(question, new ListOffsetsOptions(level)).all().get().forEach((place, found) -> result.put(place, found.offset()));
    return result;
  }

  private static void write(ConsumerRecord<byte[], byte[]> record, Writer output) throws IOException {
    StringBuilder headers = new StringBuilder();
    for (Header header : record.headers()) {
      if (headers.length() > 0) headers.append(',');
      headers.append(base64(header.key().getBytes(StandardCharsets.UTF_8))).append(':').append(base64(header.value()));
    }
    output.write("record\t" + record.topic() + "\t" + record.partition() + "\t" + record.offset() + "\t" + record.timestamp());
    output.write("\t" + base64(record.key()) + "\t" + base64(record.value()) + "\t" + headers + "\n");
  }

  private static String base64(byte[] bytes) {
    return bytes == null ? "-" : BASE64.encodeToString(bytes);
  }

  private static long millisSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1_000_000;
  }
}
