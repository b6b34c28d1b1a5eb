package dev.doorbell.app.views.command;

import dev.doorbell.spec.CommandSpec;
import java.util.HexFormat;

/** A draft as text for other places: Java, the command line, nvme-cli, JSON. */
final class CopyAs {
    private CopyAs() {}

    static String java(Draft d, int dataBytes, String name) {
        StringBuilder text = new StringBuilder();
        String queue = d.queue() == CommandSpec.Queue.ADMIN ? "controller" : "qpair";
        if (dataBytes > 0) {
            text.append("Buffer data = controller.device().allocate(")
                    .append(dataBytes)
                    .append(");\n");
        }
        text.append("// ").append(name).append('\n');
        text.append("Completion completion = ")
                .append(queue)
                .append(".execute(Command.of(0x%02x)".formatted(d.opcode()));
        if (d.dword(1) != 0) {
            text.append(".nsid(")
                    .append(d.dword(1) == -1 ? "0xffffffff" : Integer.toUnsignedString(d.dword(1)))
                    .append(')');
        }
        for (int i = 10; i < 16; i++) {
            if (d.dword(i) != 0) {
                text.append("\n        .cdw").append(i).append("(0x%08x)".formatted(d.dword(i)));
            }
        }
        if (dataBytes > 0) {
            text.append("\n        .data(data)");
        }
        return text.append(");\n").toString();
    }

    static String commandLine(Draft d, int dataBytes, String address) {
        StringBuilder text =
                new StringBuilder("./doorbell send '").append(address).append('\'');
        text.append(" --queue ").append(d.queue() == CommandSpec.Queue.ADMIN ? "admin" : "io");
        text.append(" --opcode 0x%02x".formatted(d.opcode()));
        if (d.dword(1) != 0) {
            text.append(" --nsid ").append(d.dword(1) == -1 ? "0xffffffff" : Integer.toUnsignedString(d.dword(1)));
        }
        for (int i = 10; i < 16; i++) {
            if (d.dword(i) != 0) {
                text.append(" --cdw").append(i).append(" 0x%x".formatted(d.dword(i)));
            }
        }
        if (dataBytes > 0) {
            text.append(" --data-in ").append(dataBytes);
        }
        return text.append('\n').toString();
    }

    static String nvmeCli(Draft d, int dataBytes, boolean reads) {
        boolean admin = d.queue() == CommandSpec.Queue.ADMIN;
        StringBuilder text =
                new StringBuilder(admin ? "nvme admin-passthru /dev/nvme0" : "nvme io-passthru /dev/nvme0n1");
        text.append(" --opcode=0x%02x".formatted(d.opcode()));
        text.append(" --namespace-id=").append(Integer.toUnsignedString(d.dword(1)));
        for (int i = 10; i < 16; i++) {
            if (d.dword(i) != 0) {
                text.append(" --cdw%d=0x%x".formatted(i, d.dword(i)));
            }
        }
        if (dataBytes > 0) {
            text.append(" --data-len=").append(dataBytes).append(reads ? " --read" : " --write");
        }
        return text.append('\n').toString();
    }

    static String json(Draft d, int dataBytes) {
        StringBuilder text = new StringBuilder("{\n  \"queue\": \"");
        text.append(d.queue() == CommandSpec.Queue.ADMIN ? "admin" : "io").append("\",\n");
        text.append("  \"opcode\": ").append(d.opcode()).append(",\n");
        text.append("  \"nsid\": ").append(Integer.toUnsignedString(d.dword(1))).append(",\n");
        for (int i = 10; i < 16; i++) {
            text.append("  \"cdw")
                    .append(i)
                    .append("\": ")
                    .append(Integer.toUnsignedString(d.dword(i)))
                    .append(",\n");
        }
        text.append("  \"data_bytes\": ").append(dataBytes).append(",\n");
        return text.append("  \"sqe\": \"")
                .append(HexFormat.of().formatHex(d.sqe()))
                .append("\"\n}\n")
                .toString();
    }
}
