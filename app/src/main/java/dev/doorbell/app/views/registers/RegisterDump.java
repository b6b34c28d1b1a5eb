package dev.doorbell.app.views.registers;

import dev.doorbell.driver.Registers;
import dev.doorbell.spec.RegisterSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reads the registers that the catalogue knows, and nothing else: what lies between them, and the doorbells behind them,
 * may react to being looked at. What is not read is zero.
 */
final class RegisterDump {
    /** Doorbells begin here (NVMe over PCIe Transport 1.0c §3.1.2). */
    private static final int DOORBELLS = 0x1000;

    private static final int LINE = 16;

    private RegisterDump() {}

    static byte[] read(Registers registers, List<RegisterSpec> known) {
        ByteBuffer dump = ByteBuffer.allocate(size(known)).order(ByteOrder.LITTLE_ENDIAN);
        for (RegisterSpec register : known) {
            for (int at = 0; at < register.bytes() && register.offset() + at + 4 <= dump.capacity(); at += 4) {
                dump.putInt(register.offset() + at, registers.read32(register.offset() + at));
            }
        }
        return dump.array();
    }

    /** Bytes up to the end of the last known register, in whole lines of a dump. */
    static int size(List<RegisterSpec> known) {
        int end = known.stream()
                .mapToInt(r -> r.offset() + r.bytes())
                .filter(e -> e <= DOORBELLS)
                .max()
                .orElse(0);
        return (end + LINE - 1) / LINE * LINE;
    }
}
