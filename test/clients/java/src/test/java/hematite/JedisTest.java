package hematite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/** Jedis: values in both protocols, pipelines, WATCH, scripts, publish/subscribe, blocking commands. */
class JedisTest {
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = new Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Jedis connect(RedisProtocol protocol) {
        return new Jedis(
            new HostAndPort("127.0.0.1", server.port),
            DefaultJedisClientConfig.builder().protocol(protocol).build());
    }

    @ParameterizedTest
    @EnumSource(value = RedisProtocol.class, names = {"RESP2", "RESP3"})
    void values(RedisProtocol protocol) {
        try (Jedis jedis = connect(protocol)) {
            jedis.flushAll();
            assertEquals("OK", jedis.set("k", "grüß dich", SetParams.setParams().ex(100)));
            assertEquals("grüß dich", jedis.get("k"));
            assertEquals(100, jedis.ttl("k"));
            jedis.hset("h", Map.of("a", "1", "b", "2"));
            assertEquals(Map.of("a", "1", "b", "2"), jedis.hgetAll("h"));
            jedis.zadd("z", Map.of("x", 1.5, "y", 0.5));
            assertEquals(List.of("y", "x"), jedis.zrange("z", 0, -1));
            assertEquals(1.5, jedis.zscore("z", "x"));
            assertNull(jedis.get("nothing"));
            assertThrows(JedisDataException.class, () -> jedis.incr("h"));
        }
    }

    @Test
    void pipelinesAndTransactions() {
        try (Jedis jedis = connect(RedisProtocol.RESP3); Jedis other = connect(RedisProtocol.RESP2)) {
            Pipeline pipeline = jedis.pipelined();
            Response<Long> last = null;
            for (int at = 0; at < 1000; at += 1) {
                last = pipeline.incr("counter");
            }
            pipeline.sync();
            assertEquals(1000, last.get());
            jedis.watch("counter");
            other.set("counter", "5");
            try (Transaction transaction = jedis.multi()) {
                transaction.incr("counter");
                assertNull(transaction.exec());
            }
            assertEquals("5", jedis.get("counter"));
        }
    }

    @Test
    void scripts() {
        try (Jedis jedis = connect(RedisProtocol.RESP3)) {
            String sha = jedis.scriptLoad("return redis.call('INCRBY', KEYS[1], ARGV[1])");
            assertEquals(7L, jedis.evalsha(sha, List.of("n"), List.of("7")));
            assertEquals(14L, jedis.evalsha(sha, List.of("n"), List.of("7")));
        }
    }

    @Test
    void messagesAndWaiting() throws Exception {
        BlockingQueue<String> heard = new ArrayBlockingQueue<>(10);
        JedisPubSub listener = new JedisPubSub() {
            @Override
            public void onSubscribe(String channel, int count) {
                heard.add("subscribed");
            }

            @Override
            public void onMessage(String channel, String message) {
                heard.add(message);
            }
        };
        Thread thread = new Thread(() -> {
            try (Jedis jedis = connect(RedisProtocol.RESP2)) {
                jedis.subscribe(listener, "news");
            }
            try (Jedis jedis = connect(RedisProtocol.RESP2)) {
                heard.add(jedis.blpop(10, "list").get(1));
            }
        });
        thread.start();
        assertEquals("subscribed", heard.poll(20, TimeUnit.SECONDS));
        try (Jedis jedis = connect(RedisProtocol.RESP3)) {
            assertEquals(1, jedis.publish("news", "hello"));
            assertEquals("hello", heard.poll(20, TimeUnit.SECONDS));
            listener.unsubscribe();
            jedis.rpush("list", "pushed");
            assertEquals("pushed", heard.poll(20, TimeUnit.SECONDS));
        }
        thread.join();
    }
}
