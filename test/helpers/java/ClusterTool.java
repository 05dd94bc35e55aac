import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * Looks at a cluster and moves its partitions about, by Kafka's own client: what tests look up must not depend on the client under test.
 * Reads a command a line, and answers each with a line: "end" or "fail", and the result, separated by tabs.
 *
 *   state          brokers, partitions that lack a replica, partitions without a leader
 *   elect          moves the leader of every partition to its next replica; answers how many moved
 *   spread 1 2 4   gives every partition replicas on these brokers, as many as it has, in turn
 *   moving         partitions that are still being moved
 */
public class ClusterTool {
  public static void main(String[] arguments) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("request.timeout.ms", 5_000);
    settings.put("default.api.timeout.ms", 20_000);
    // A broker that left is forgotten soon.
    settings.put("metadata.max.age.ms", 1_000);
    settings.put("reconnect.backoff.max.ms", 200);
    settings.put("socket.connection.setup.timeout.ms", 2_000);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    try (Admin admin = Admin.create(settings)) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        try {
          System.out.println("end\t" + answer(admin, line.split(" ")));
        } catch (Exception error) {
          System.out.println("fail\t" + error.toString().replaceAll("\\s+", " "));
        }
        System.out.flush();
      }
    }
  }

  private static String answer(Admin admin, String[] command) throws Exception {
    switch (command[0]) {
      case "state":
        return state(admin);
      case "elect":
        return String.valueOf(elect(admin));
      case "spread":
        return String.valueOf(spread(admin, Arrays.copyOfRange(command, 1, command.length)));
      case "moving":
        return String.valueOf(admin.listPartitionReassignments().reassignments().get().size());
      default:
        throw new IllegalArgumentException(command[0] + " is no command");
    }
  }

  /** All partitions in the order of their topics, Kafka's own among them. */
  private static Map<TopicPartition, TopicPartitionInfo> partitions(Admin admin) throws Exception {
    Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
    Map<TopicPartition, TopicPartitionInfo> result = new TreeMap<>(
      (one, other) -> one.topic().equals(other.topic())
        ? Integer.compare(one.partition(), other.partition())
        : one.topic().compareTo(other.topic())
    );
    for (TopicDescription topic : admin.describeTopics(names).allTopicNames().get().values())
      for (TopicPartitionInfo partition : topic.partitions())
        result.put(new TopicPartition(topic.name(), partition.partition()), partition);
    return result;
  }

  private static String state(Admin admin) throws Exception {
    int behind = 0;
    int leaderless = 0;
    for (TopicPartitionInfo partition : partitions(admin).values()) {
      if (partition.isr().size() < partition.replicas().size()) behind += 1;
      if (partition.leader() == null || partition.leader().isEmpty()) leaderless += 1;
    }
    return admin.describeCluster().nodes().get().size() + "\t" + behind + "\t" + leaderless;
  }

  /** The first of the replicas is the preferred one; turning their order moves no data. */
  private static int elect(Admin admin) throws Exception {
    Map<TopicPartition, Optional<NewPartitionReassignment>> turned = new HashMap<>();
    partitions(admin).forEach((place, partition) -> {
      List<Integer> replicas = ids(partition.replicas());
      Collections.rotate(replicas, -1);
      if (replicas.size() > 1) turned.put(place, Optional.of(new NewPartitionReassignment(replicas)));
    });
    admin.alterPartitionReassignments(turned).all().get();
    Map<TopicPartition, Optional<Throwable>> results =
      admin.electLeaders(ElectionType.PREFERRED, turned.keySet()).partitions().get();
    return (int) results.values().stream().filter(Optional::isEmpty).count();
  }

  private static int spread(Admin admin, String[] brokers) throws Exception {
    List<Integer> ids = new ArrayList<>();
    for (String broker : brokers) ids.add(Integer.valueOf(broker));
    Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
    int turn = 0;
    for (Map.Entry<TopicPartition, TopicPartitionInfo> entry : partitions(admin).entrySet()) {
      List<Integer> replicas = new ArrayList<>();
      for (int index = 0; index < entry.getValue().replicas().size(); index += 1)
        replicas.add(ids.get((turn + index) % ids.size()));
      turn += 1;
      moves.put(entry.getKey(), Optional.of(new NewPartitionReassignment(replicas)));
    }
    admin.alterPartitionReassignments(moves).all().get();
    return moves.size();
  }

  private static List<Integer> ids(List<Node> nodes) {
    List<Integer> ids = new ArrayList<>();
    for (Node node : nodes) ids.add(node.id());
    return ids;
  }
}
