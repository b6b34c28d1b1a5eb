package dev.doorbell.driver;

/** Bytes as people read them: offset, 16 bytes in two groups, ASCII. */
final class HexDump {
    private HexDump() {}

    static String of(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length * 5);
        for (int line = 0; line < bytes.length; line += 16) {
            text.append(String.format("%06x ", line));
            for (int i = line; i < line + 16; i++) {
                text.append(i % 8 == 0 ? " " : "");
                text.append(i < bytes.length ? String.format("%02x ", bytes[i]) : "   ");
            }
            text.append(" |");
            for (int i = line; i < Math.min(line + 16, bytes.length); i++) {
                text.append(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            text.append("|\n");
        }
        return text.toString();
    }
}
