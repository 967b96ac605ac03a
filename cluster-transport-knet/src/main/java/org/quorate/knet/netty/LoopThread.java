package org.quorate.knet.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One daemon thread that serves sockets, and its orderly end. */
final class LoopThread {
    private static final long CLOSE_MILLIS = 2000;

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final AtomicBoolean closing = new AtomicBoolean();

    LoopThread(String name, Sockets kind) {
        ThreadFactory threads = task -> {
            Thread thread = new FastThreadLocalThread(task, name);
            thread.setDaemon(true);
            return thread;
        };
        group = new MultiThreadIoEventLoopGroup(1, threads, kind.handlerFactory());
        loop = group.next();
    }

    EventLoop loop() {
        return loop;
    }

    /** Runs {@code shutDown} in the thread, then ends it. Waits for that, 4 s at most, unless called in the thread. Only the first call does something. */
    void close(Runnable shutDown) {
        if (!closing.compareAndSet(false, true)) return;
        if (loop.inEventLoop()) {
            shutDown.run();
            Future<?> unused = end();
        } else {
            // Only after the last packets are out: a group that shuts down closes its sockets before it runs waiting
            // tasks.
            loop.submit(shutDown).awaitUninterruptibly(CLOSE_MILLIS);
            end().awaitUninterruptibly(CLOSE_MILLIS);
        }
    }

    private Future<?> end() {
        return group.shutdownGracefully(0, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
