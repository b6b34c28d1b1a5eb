package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Admin commands that move data, with a buffer of their own for as long as they take. */
final class AdminData {
    record Received(Completion completion, byte[] data) {}

    private final Controller controller;

    AdminData(Controller controller) {
        this.controller = controller;
    }

    /** Executes a command and returns the data that it brought; {@code what} names it if it fails. */
    Received receive(String what, Command command, int bytes) {
        try (Buffer buffer = controller.device().allocate(bytes)) {
            Completion end = controller.execute(command.data(buffer)).orThrow(what);
            return new Received(end, buffer.toBytes());
        }
    }

    /** Executes a command that takes data along; {@code what} names it if it fails. */
    Completion send(String what, Command command, byte[] data) {
        try (Buffer buffer = controller.device().allocate(data.length)) {
            buffer.put(0, data);
            return controller.execute(command.data(buffer)).orThrow(what);
        }
    }

    /** A controller list, NVMe Base 2.0c §5.17.2.14: the number of ids, and the ids. */
    static byte[] controllerList(int... ids) {
        ByteBuffer list =
                ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN).putShort((short) ids.length);
        for (int id : ids) {
            list.putShort((short) id);
        }
        return list.array();
    }
}
