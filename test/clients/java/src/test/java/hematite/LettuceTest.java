package hematite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lettuce.core.KeyValue;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.TransactionResult;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lettuce: synchronous, asynchronous over one connection, transactions, scripts, publish/subscribe, streams. */
class LettuceTest {
    private static Server server;
    private static RedisClient client;

    @BeforeAll
    static void start() throws Exception {
        server = new Server();
        client = RedisClient.create("redis://127.0.0.1:" + server.port);
    }

    @AfterAll
    static void stop() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        server.close();
    }

    @Test
    void values() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> redis = connection.sync();
            redis.hset("h", Map.of("a", "1", "b", "2"));
            assertEquals(Map.of("a", "1", "b", "2"), redis.hgetall("h"));
            redis.mset(Map.of("x", "1", "y", "2"));
            List<KeyValue<String, String>> values = redis.mget("x", "nothing", "y");
            assertEquals("2", values.get(2).getValue());
            assertTrue(values.get(1).isEmpty());
            redis.geoadd("g", 13.361389, 38.115556, "Palermo");
            assertEquals(13.361389, redis.geopos("g", "Palermo").get(0).getX().doubleValue(), 1e-4);
            String id = redis.xadd("s", Map.of("f", "v"));
            assertEquals(id, redis.xrange("s", io.lettuce.core.Range.unbounded()).get(0).getId());
        }
    }

    @Test
    void manyAtOnceAndTransactions() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisAsyncCommands<String, String> redis = connection.async();
            RedisFuture<?>[] futures = new RedisFuture<?>[1000];
            for (int at = 0; at < futures.length; at += 1) {
                futures[at] = redis.incr("counter");
            }
            assertTrue(LettuceFutures.awaitAll(Duration.ofSeconds(20), futures));
            RedisCommands<String, String> sync = connection.sync();
            sync.multi();
            sync.incr("counter");
            sync.get("counter");
            TransactionResult result = sync.exec();
            assertEquals("1001", result.get(1));
        }
    }

    @Test
    void scripts() {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            String script = "return {KEYS[1], redis.call('INCR', KEYS[1])}";
            List<Object> reply = connection.sync().eval(script, ScriptOutputType.MULTI, "n");
            assertEquals(List.of("n", 1L), reply);
        }
    }

    @Test
    void messages() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
        try (StatefulRedisPubSubConnection<String, String> listener = client.connectPubSub();
            StatefulRedisConnection<String, String> speaker = client.connect()) {
            listener.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String pattern, String channel, String message) {
                    heard.add(pattern + " " + channel + " " + message);
                }
            });
            listener.sync().psubscribe("n*");
            assertEquals(1, speaker.sync().publish("news", "hello"));
            assertEquals("n* news hello", heard.poll(20, TimeUnit.SECONDS));
        }
    }
}
