package dev.doorbell.app.views.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.Controller;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SenderTest {
    private final Catalogue catalogue = Catalogue.standard();
    private final Controller controller = Controller.open("sim:");

    @AfterEach
    void close() {
        controller.close();
    }

    private Draft draft(Queue queue, int opcode) {
        return Draft.of(catalogue.command(queue, opcode).orElseThrow());
    }

    @Test
    void bringsBackWhatTheDeviceWrote() {
        var sent = Sender.send(controller, controller.admin(), draft(Queue.ADMIN, 0x06), Target.DEFAULT, 4096);
        assertThat(sent.last().isSuccess()).isTrue();
        assertThat(sent.data()).isEqualTo(controller.identifyController());
        assertThat(sent.overrun()).isZero();
    }

    @Test
    void writesTheChosenPatternFromAnUnalignedStart() {
        var namespace = controller.namespace(1);
        var target = Target.DEFAULT.fill(Target.Fill.INCREMENTING).offset(512);
        try (var qpair = controller.createQpair(8)) {
            int bytes = 8 * namespace.lbaBytes();
            Draft write = draft(Queue.IO, 0x01);
            assertThat(Sender.send(controller, qpair, write, target, bytes)
                            .last()
                            .isSuccess())
                    .isTrue();
            var read = Sender.send(controller, qpair, draft(Queue.IO, 0x02), Target.DEFAULT, bytes);
            assertThat(read.data()).isEqualTo(Sender.content(target, bytes));
        }
    }

    @Test
    void noticesADeviceThatWritesPastTheDataItWasGiven() {
        // The buffer is 512 bytes for a command that returns 4 KiB.
        var sent = Sender.send(controller, controller.admin(), draft(Queue.ADMIN, 0x06), Target.DEFAULT, 512);
        assertThat(sent.overrun()).isGreaterThan(0);
        var unwatched =
                Sender.send(controller, controller.admin(), draft(Queue.ADMIN, 0x06), Target.DEFAULT.guard(false), 512);
        assertThat(unwatched.overrun()).isZero();
    }

    @Test
    void repeatsAsOftenAsAsked() {
        var sent =
                Sender.send(controller, controller.admin(), draft(Queue.ADMIN, 0x06), Target.DEFAULT.repeat(5), 4096);
        assertThat(sent.completions()).hasSize(5).allMatch(c -> c.isSuccess());
    }
}
