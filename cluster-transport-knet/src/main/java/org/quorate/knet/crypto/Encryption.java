package org.quorate.knet.crypto;

import static org.quorate.knet.crypto.FrameCipher.BLOCK_BYTES;
import static org.quorate.knet.crypto.FrameCipher.IV_BYTES;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.quorate.CryptoConfig;

/**
 * AES-CBC with the initialisation vector in front. Padding is done here: the JDK's own copies the whole frame on the way out and throws on
 * the way in.
 *
 * <p>The JDK's objects are initialised once, with a vector of zeros, to which each {@code doFinal} takes them back. CBC begins by adding
 * the vector to the first block (exclusive or), so adding ours to that block here gives the same bytes, and saves an initialisation with its
 * garbage for each frame.
 */
final class Encryption {
    private final FrameKey key;
    private final Cipher encrypter;
    private final Cipher decrypter;
    private final byte[] block = new byte[BLOCK_BYTES];

    Encryption(CryptoConfig.Cipher cipher, byte[] key) throws GeneralSecurityException {
        this.key = new FrameKey("AES", key, cipher.keyBytes());
        this.encrypter = from(Cipher.ENCRYPT_MODE, this.key);
        this.decrypter = from(Cipher.DECRYPT_MODE, this.key);
    }

    private static Cipher from(int mode, FrameKey key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
        cipher.init(mode, key, new IvParameterSpec(new byte[IV_BYTES]));
        return cipher;
    }

    /** Writes IV and cipher text to {@code out} and returns their length. */
    int encrypt(byte[] iv, Region plain, int length, Region sealed) throws GeneralSecurityException {
        byte[] in = plain.array();
        byte[] out = sealed.array();
        int from = plain.offset();
        int to = sealed.offset();
        int tail = length % BLOCK_BYTES;
        int whole = length - tail;
        System.arraycopy(iv, 0, out, to, IV_BYTES);
        int written = IV_BYTES;
        if (whole > 0) {
            System.arraycopy(in, from, block, 0, BLOCK_BYTES);
            add(iv, 0, block, 0);
            written += encrypter.update(block, 0, BLOCK_BYTES, out, to + written);
            if (whole > BLOCK_BYTES)
                written += encrypter.update(in, from + BLOCK_BYTES, whole - BLOCK_BYTES, out, to + written);
        }
        System.arraycopy(in, from + whole, block, 0, tail);
        Arrays.fill(block, tail, BLOCK_BYTES, (byte) (BLOCK_BYTES - tail));
        if (whole == 0) add(iv, 0, block, 0);
        return written + encrypter.doFinal(block, 0, BLOCK_BYTES, out, to + written);
    }

    /**
     * Takes IV and whole blocks of cipher text; writes frame and padding.
     *
     * @return the length of the frame, or -1 if the padding is wrong
     */
    int decrypt(Region sealed, int length, Region plain) throws GeneralSecurityException {
        byte[] in = sealed.array();
        byte[] out = plain.array();
        int from = sealed.offset();
        int to = plain.offset();
        int written = decrypter.doFinal(in, from + IV_BYTES, length - IV_BYTES, out, to);
        add(in, from, out, to);
        int padding = out[to + written - 1];
        if (padding < 1 || padding > BLOCK_BYTES) return -1;
        for (int i = written - padding; i < written; i++) if (out[to + i] != padding) return -1;
        return written - padding;
    }

    private static void add(byte[] iv, int from, byte[] data, int to) {
        for (int i = 0; i < IV_BYTES; i++) data[to + i] ^= iv[from + i];
    }

    /** Overwrites our key, and the key schedules in the JDK's objects by giving them another key. */
    void wipe() {
        key.destroy();
        FrameKey zeros = new FrameKey("AES", new byte[BLOCK_BYTES], BLOCK_BYTES);
        IvParameterSpec iv = new IvParameterSpec(new byte[IV_BYTES]);
        try {
            encrypter.init(Cipher.ENCRYPT_MODE, zeros, iv);
            decrypter.init(Cipher.DECRYPT_MODE, zeros, iv);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot wipe the cipher's key", e);
        }
        Arrays.fill(block, (byte) 0);
    }

    /** Whether the key is gone. */
    boolean isWiped() {
        return key.isDestroyed();
    }
}
