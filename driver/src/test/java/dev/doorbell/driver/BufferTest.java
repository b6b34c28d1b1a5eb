package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class BufferTest {
    @Parameter
    String address;

    private Device device;

    @BeforeEach
    void open() {
        device = Device.open(address);
    }

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void isZeroedAndAligned() {
        try (Buffer buffer = device.allocate(10_000)) {
            assertThat(buffer.size()).isEqualTo(10_000);
            assertThat(buffer.toBytes()).hasSize(10_000).containsOnly(0);
            assertThat(buffer.iova() % 4096).isZero();
            buffer.fill((byte) 1);
        }
        try (Buffer again = device.allocate(10_000)) {
            assertThat(again.toBytes()).as("memory of a buffer before").containsOnly(0);
        }
    }

    @Test
    void sizesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> device.allocate(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> device.allocate(1L << 31))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2147483648");
    }

    @Test
    void numbersAreLittleEndianAtAnyOffset() {
        try (Buffer buffer = device.allocate(4096)) {
            buffer.putInt(1, 0x11223344);
            assertThat(buffer.get(1, 4)).containsExactly(0x44, 0x33, 0x22, 0x11);
            buffer.putLong(13, 0x0102030405060708L);
            assertThat(buffer.get(13)).isEqualTo((byte) 8);
            assertThat(buffer.getLong(13)).isEqualTo(0x0102030405060708L);
            assertThat(buffer.getInt(13)).isEqualTo(0x05060708);
            buffer.putShort(21, 0xfffe);
            assertThat(buffer.getShort(21)).isEqualTo(0xfffe);
            buffer.put(30, (byte) 9);
            buffer.put(31, new byte[] {7, 6});
            assertThat(buffer.get(30, 3)).containsExactly(9, 7, 6);
        }
    }

    @Test
    void offsetsOutsideThrowAndTouchNothing() {
        try (Buffer buffer = device.allocate(4096)) {
            assertThatThrownBy(() -> buffer.get(4096)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getInt(4093)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.putLong(4089, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.put(4090, new byte[7])).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> Command.of(2).data(buffer, 4000, 97))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Tag("long")
    @Test
    void patternsFillTheWholeBuffer() {
        try (Buffer buffer = device.allocate(1030);
                Buffer other = device.allocate(1030)) {
            buffer.fill(Buffer.Pattern.ones());
            assertThat(buffer.toBytes()).containsOnly(0xff);
            buffer.fill(Buffer.Pattern.zeros());
            assertThat(buffer.toBytes()).containsOnly(0);
            buffer.fill(Buffer.Pattern.dword(0x04030201));
            assertThat(buffer.get(1024, 6)).containsExactly(1, 2, 3, 4, 1, 2);
            buffer.fill(Buffer.Pattern.incrementing());
            assertThat(buffer.get(254, 4)).containsExactly(0xfe, 0xff, 0, 1);
            buffer.fill(Buffer.Pattern.random(5));
            other.fill(Buffer.Pattern.random(5));
            assertThat(other.toBytes()).isEqualTo(buffer.toBytes());
            other.fill(Buffer.Pattern.random(6));
            assertThat(other.toBytes()).isNotEqualTo(buffer.toBytes());
        }
    }

    @Test
    void theViewIsTheMemoryItself() {
        try (Buffer buffer = device.allocate(4096)) {
            ByteBuffer view = buffer.asByteBuffer();
            assertThat(view.isDirect()).isTrue();
            assertThat(view.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            view.putInt(8, 0xabcdef01);
            assertThat(buffer.getInt(8)).isEqualTo(0xabcdef01);
        }
    }

    @Test
    void dumpsHexAndText() {
        try (Buffer buffer = device.allocate(18)) {
            buffer.put(0, "Doorbell".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            buffer.put(17, (byte) 0xff);
            assertThat(buffer.dump()).isEqualTo("""
                            000000  44 6f 6f 72 62 65 6c 6c  00 00 00 00 00 00 00 00  |Doorbell........|
                            000010  00 ff                                             |..|
                            """);
        }
    }
}
