package org.quorate.knet.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.CompressionConfig;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.knet.KnetTransport;
import org.quorate.knet.wire.DropReason;
import org.quorate.spi.TransportListener;
import org.quorate.spi.TransportSettings;

/** Without the optional libraries: what is built in works, the rest is refused with a sentence that names what to add. */
class MissingLibraryTest {
    private static final List<String> LIBRARIES =
            List.of("net.jpountz.", "com.github.luben.", "org.tukaani.", "org.apache.commons.");

    @Test
    void messagesThatNeedALibraryAreRefusedAndOthersRead() throws Exception {
        inAWorldWithoutLibraries(Receiving.class);
    }

    @Test
    void aNodeThatIsToSendWithoutItsLibraryDoesNotOpen() throws Exception {
        inAWorldWithoutLibraries(Sending.class);
    }

    @Test
    void aLibraryThatDoesNotWorkIsToldFromOneThatIsNotThere() throws Exception {
        in(new Bare(name -> new UnsatisfiedLinkError("no native part")), Broken.class);
        // what the JVM says from the second time on
        in(new Bare(name -> new NoClassDefFoundError("Could not initialize class " + name)), Broken.class);
    }

    private static void inAWorldWithoutLibraries(Class<? extends Runnable> what) throws Exception {
        in(
                new Bare(name -> {
                    throw new ClassNotFoundException(name);
                }),
                what);
    }

    private static void in(ClassLoader world, Class<? extends Runnable> what) throws Exception {
        Class<?> inside = world.loadClass(what.getName());
        assertThat(inside).isNotEqualTo(what);
        Constructor<?> constructor = inside.getDeclaredConstructor();
        constructor.setAccessible(true);
        ((Runnable) constructor.newInstance()).run();
    }

    /** Reads streams of every model. */
    static final class Receiving implements Runnable {
        @Override
        public void run() {
            try (Decompressor decompressor = new Decompressor()) {
                for (CompressionModel model : CompressionModel.values()) {
                    if (model == CompressionModel.NONE) continue;
                    for (int times = 0; times < 3; times++) {
                        Decompressed.Refused refused = (Decompressed.Refused)
                                decompressor.decompress(model.number(), ByteBuffer.wrap(new byte[] {9, 9, 9}));
                        if (model.library().isEmpty()) {
                            assertThat(refused.reason()).isEqualTo(DropReason.BAD_COMPRESSION);
                        } else {
                            assertThat(refused.reason()).isEqualTo(DropReason.COMPRESSION_UNAVAILABLE);
                            assertThat(refused.why())
                                    .isEqualTo(model.confName() + ", which needs " + model.library()
                                            + " on the class path");
                        }
                    }
                }
            }
        }
    }

    /** Reads streams of every model whose library is broken. */
    static final class Broken implements Runnable {
        @Override
        public void run() {
            try (Decompressor decompressor = new Decompressor()) {
                for (CompressionModel model : CompressionModel.values()) {
                    if (model.library().isEmpty()) continue;
                    Decompressed.Refused refused = (Decompressed.Refused)
                            decompressor.decompress(model.number(), ByteBuffer.wrap(new byte[] {9, 9, 9}));
                    assertThat(refused.reason()).isEqualTo(DropReason.COMPRESSION_UNAVAILABLE);
                    assertThat(refused.why())
                            .startsWith(model.confName() + ", whose library " + model.library()
                                    + " is there but does not work: java.lang.");
                }
            }
        }
    }

    /** Opens a node that is to send with each model. */
    static final class Sending implements Runnable {
        @Override
        public void run() {
            for (CompressionConfig.Model model : CompressionConfig.Model.values()) {
                String library = CompressionModel.of(model).library();
                CompressionConfig config = new CompressionConfig(model, 0, 1);
                if (library.isEmpty()) {
                    if (config.isOn()) new Compressor(config).close();
                    continue;
                }
                try {
                    new KnetTransport().open(settings(config), new Deaf()).close();
                    fail(model + " works without its library");
                } catch (ClusterException e) {
                    assertThat(e.reason()).isEqualTo(Reason.PROVIDER_MISSING);
                    assertThat(e)
                            .hasMessage("messages cannot be compressed with " + model.confName() + ", which needs "
                                    + library + " on the class path; until that is mended, set another"
                                    + " knet_compression_model: zlib and lzo2 are built in");
                }
            }
        }

        private static TransportSettings settings(CompressionConfig compression) {
            TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
            local.put(0, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return new TransportSettings(
                    NodeId.of(1),
                    local,
                    List.of(),
                    CryptoConfig.NONE,
                    new byte[0],
                    LinkMode.PASSIVE,
                    Duration.ofSeconds(30),
                    0,
                    compression);
        }
    }

    private static final class Deaf implements TransportListener {
        @Override
        public void received(NodeId from, ByteBuffer message) {}

        @Override
        public void linkChanged(LinkStatus link) {}

        @Override
        public void peerChanged(NodeId peer, boolean reachable, String why) {}

        @Override
        public void nodeIdClash(String evidence) {}

        @Override
        public void failed(Throwable cause) {}
    }

    /** What happens to whoever asks for a class of a library. */
    private interface Fault {
        LinkageError of(String name) throws ClassNotFoundException;
    }

    /** Has its own copy of the transport's classes, and has no libraries or broken ones. */
    private static final class Bare extends ClassLoader {
        private final Fault fault;

        Bare(Fault fault) {
            super(MissingLibraryTest.class.getClassLoader());
            this.fault = fault;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (LIBRARIES.stream().anyMatch(name::startsWith)) throw fault.of(name);
            if (!name.startsWith("org.quorate.knet.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> present = findLoadedClass(name);
                return present != null ? present : copy(name);
            }
        }

        private Class<?> copy(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
