package org.quorate.core.join.tls;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.json.JoinMessageText;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * One conversation over TLS 1.3: four octets of length, then so many of JSON. Used by one thread; {@link #close} may be called by any, and ends
 * whatever that thread waits for.
 */
public final class JoinConnection implements AutoCloseable {
    private static final String TLS = "TLSv1.3";

    private final Socket plain;
    private final SSLSocket tls;
    private final Trust trust;
    private final DataInputStream in;
    private final OutputStream out;
    private final CountDownLatch ended;

    private JoinConnection(Socket plain, SSLSocket tls, Trust trust, CountDownLatch ended) throws IOException {
        this.plain = plain;
        this.tls = tls;
        this.trust = trust;
        this.in = new DataInputStream(tls.getInputStream());
        this.out = tls.getOutputStream();
        this.ended = ended;
    }

    /** The peer shows a certificate that was not expected. */
    public static final class Untrusted extends IOException {
        private static final long serialVersionUID = 1L;
        private final String fingerprint;

        Untrusted(String fingerprint) {
            super("the peer's certificate is another one than expected");
            this.fingerprint = fingerprint;
        }

        /** That of the certificate. */
        public String fingerprint() {
            return fingerprint;
        }
    }

    /** The peer has said something that is none of the messages, or too much. */
    public static final class Garbled extends IOException {
        private static final long serialVersionUID = 1L;

        Garbled(String sentence) {
            super(sentence);
        }
    }

    /**
     * Connects to a member whose certificate {@code accepted} says yes to, and shows {@code own}, if there is one. Blocks.
     *
     * @param accepted is given the fingerprint
     * @param totalLimit when the connection is closed, whatever it is doing
     * @throws Untrusted if it says no; nothing was said then
     */
    public static JoinConnection connect(
            InetSocketAddress member,
            Optional<Identity> own,
            Predicate<String> accepted,
            Duration connectLimit,
            Duration answerLimit,
            Duration totalLimit,
            SecureRandom random)
            throws IOException {
        Socket plain = new Socket();
        Trust trust = new Trust(accepted);
        CountDownLatch ended = new CountDownLatch(1);
        closeAfter(plain, totalLimit, ended);
        boolean done = false;
        try {
            plain.setTcpNoDelay(true);
            plain.connect(member, millis(connectLimit));
            plain.setSoTimeout(millis(answerLimit));
            SSLSocket tls = (SSLSocket) context(own, trust, random)
                    .getSocketFactory()
                    .createSocket(plain, member.getAddress().getHostAddress(), member.getPort(), false);
            tls.setUseClientMode(true);
            handshake(tls, trust);
            JoinConnection connection = new JoinConnection(plain, tls, trust, ended);
            done = true;
            return connection;
        } finally {
            if (!done) {
                ended.countDown();
                plain.close();
            }
        }
    }

    private static void closeAfter(Socket plain, Duration limit, CountDownLatch ended) {
        Thread watch = new Thread(
                () -> {
                    try {
                        if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) plain.close();
                    } catch (InterruptedException | IOException over) {
                        // nothing is left to be closed
                    }
                },
                "join-deadline");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Takes what has connected to a member. A peer may show a certificate or not; which one it is, is for the caller to judge. Blocks for the
     * handshake; the caller closes {@code plain} if this throws.
     */
    public static JoinConnection accept(Socket plain, Identity own, SecureRandom random) throws IOException {
        Trust trust = new Trust(fingerprint -> true);
        plain.setTcpNoDelay(true);
        SSLSocket tls = (SSLSocket)
                context(Optional.of(own), trust, random).getSocketFactory().createSocket(plain, null, false);
        tls.setUseClientMode(false);
        tls.setWantClientAuth(true);
        handshake(tls, trust);
        return new JoinConnection(plain, tls, trust, new CountDownLatch(1));
    }

    private static void handshake(SSLSocket tls, Trust trust) throws IOException {
        tls.setEnabledProtocols(new String[] {TLS});
        try {
            tls.startHandshake();
        } catch (SSLException refused) {
            Optional<X509Certificate> shown = trust.shown();
            if (shown.isPresent() && !trust.accepts(shown.get())) throw new Untrusted(Fingerprint.of(shown.get()));
            throw refused;
        }
    }

    /** A context for one connection, so that no session is ever resumed. */
    private static SSLContext context(Optional<Identity> own, Trust trust, SecureRandom random) {
        try {
            SSLContext context = SSLContext.getInstance(TLS);
            KeyManager[] keys = own.map(each -> new KeyManager[] {each}).orElse(new KeyManager[0]);
            context.init(keys, new TrustManager[] {trust}, random);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java runtime has TLS 1.3", missing);
        }
    }

    private static int millis(Duration limit) {
        return (int) Math.min(Math.max(limit.toMillis(), 1), Integer.MAX_VALUE);
    }

    /** The certificate that the peer has shown, with a proof that it has the key. */
    public Optional<X509Certificate> peer() {
        return trust.shown();
    }

    /** How long a read may wait from now on. */
    public void setAnswerLimit(Duration limit) throws IOException {
        plain.setSoTimeout(millis(limit));
    }

    /** Sends {@code message}. */
    public void send(JoinMessage message) throws IOException {
        byte[] text = JoinMessageText.encode(message);
        byte[] framed = {};
        try {
            if (text.length > JoinMessage.MAX_BYTES)
                throw new Garbled("a message would have " + text.length + " bytes; at most " + JoinMessage.MAX_BYTES
                        + " are possible");
            framed = ByteBuffer.allocate(4 + text.length)
                    .putInt(text.length)
                    .put(text)
                    .array();
            out.write(framed);
            out.flush();
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(framed, (byte) 0);
        }
    }

    /**
     * Waits for a message.
     *
     * @throws Garbled if something else comes
     */
    public JoinMessage receive() throws IOException {
        int length = in.readInt();
        if (length < 2 || length > JoinMessage.MAX_BYTES)
            throw new Garbled("a message is said to have " + Integer.toUnsignedString(length) + " bytes; at most "
                    + JoinMessage.MAX_BYTES + " are possible");
        byte[] text = in.readNBytes(length);
        try {
            if (text.length < length) throw new Garbled("the connection ended in the middle of a message");
            return JoinMessageText.decode(text);
        } catch (Malformed wrong) {
            throw new Garbled("a message is not one of this protocol: " + wrong.getMessage());
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    /** Ends what was sent, so that the peer gets all of it. */
    public void end() throws IOException {
        tls.shutdownOutput();
    }

    /** Ends the connection at once. Idempotent. */
    @Override
    public void close() {
        ended.countDown();
        try {
            plain.close(); // not that of TLS, which could wait for the peer
        } catch (IOException gone) {
            // it is closed either way
        }
    }
}
