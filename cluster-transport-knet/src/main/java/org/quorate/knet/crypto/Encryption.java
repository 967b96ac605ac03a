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
 */
final class Encryption {
    private final FrameKey key;
    private final Cipher encrypter = Cipher.getInstance("AES/CBC/NoPadding");
    private final Cipher decrypter = Cipher.getInstance("AES/CBC/NoPadding");
    private final byte[] lastBlock = new byte[BLOCK_BYTES];

    Encryption(CryptoConfig.Cipher cipher, byte[] key) throws GeneralSecurityException {
        this.key = new FrameKey("AES", key, cipher.keyBytes());
    }

    /** Writes IV and cipher text to {@code out} and returns their length. */
    int encrypt(byte[] iv, Region plain, int length, Region sealed) throws GeneralSecurityException {
        byte[] in = plain.array();
        byte[] out = sealed.array();
        int from = plain.offset();
        int to = sealed.offset();
        System.arraycopy(iv, 0, out, to, IV_BYTES);
        encrypter.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
        int tail = length % BLOCK_BYTES;
        int whole = length - tail;
        int padding = BLOCK_BYTES - tail;
        System.arraycopy(in, from + whole, lastBlock, 0, tail);
        for (int i = tail; i < BLOCK_BYTES; i++) lastBlock[i] = (byte) padding;
        int written = IV_BYTES;
        if (whole > 0) written += encrypter.update(in, from, whole, out, to + written);
        return written + encrypter.doFinal(lastBlock, 0, BLOCK_BYTES, out, to + written);
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
        decrypter.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(in, from, IV_BYTES));
        int written = decrypter.doFinal(in, from + IV_BYTES, length - IV_BYTES, out, to);
        int padding = out[to + written - 1];
        if (padding < 1 || padding > BLOCK_BYTES) return -1;
        for (int i = written - padding; i < written; i++) if (out[to + i] != padding) return -1;
        return written - padding;
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
        Arrays.fill(lastBlock, (byte) 0);
    }

    /** Whether the key is gone. */
    boolean isWiped() {
        return key.isDestroyed();
    }
}
