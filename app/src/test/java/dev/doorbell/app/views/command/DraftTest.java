package dev.doorbell.app.views.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DraftTest {
    private final Catalogue catalogue = Catalogue.standard();

    private Draft draft(Queue queue, int opcode) {
        return Draft.of(catalogue.command(queue, opcode).orElseThrow());
    }

    @Test
    void everyCommandOfTheCatalogueStartsWithoutReservedBits() {
        for (CommandSpec spec : catalogue.commands()) {
            assertThat(Draft.of(spec).reservedBits(catalogue)).as(spec.name()).containsOnly(0);
        }
    }

    @Test
    void aFieldAndItsDwordShowTheSameNumber() {
        Draft draft = draft(Queue.ADMIN, 0x02);
        var lid = draft.spec(catalogue).orElseThrow().field("LID").orElseThrow();
        assertThat(draft.with(lid, 0x81).dword(10) & 0xff).isEqualTo(0x81);
        assertThat(lid.get(draft.dword(10, 0x55).sqe())).isEqualTo(0x55);
    }

    @Test
    void anyValueOfAnyFieldComesBackAndTouchesNoOther() {
        SplittableRandom random = new SplittableRandom(7);
        for (CommandSpec spec : catalogue.commands()) {
            Draft draft = Draft.of(spec);
            for (var field : draft.fields(catalogue)) {
                long value = field.bits() == 64 ? random.nextLong() : random.nextLong(1L << field.bits());
                Draft changed = draft.with(field, value);
                assertThat(field.get(changed.sqe()))
                        .as("%s %s", spec.name(), field.name())
                        .isEqualTo(value);
                assertThat(changed.with(field, field.get(draft.sqe())).sqe())
                        .as("%s without %s", spec.name(), field.name())
                        .isEqualTo(draft.sqe());
            }
        }
    }

    @Test
    void bitsThatNoFieldHasAreFound() {
        assertThat(draft(Queue.ADMIN, 0x02).dword(15, 1).reservedBits(catalogue)[15])
                .isEqualTo(1);
        assertThat(new Draft(Queue.ADMIN, new byte[64], false)
                        .dword(0, 0xc5)
                        .dword(12, 99)
                        .reservedBits(catalogue))
                .as("an unknown command has no reserved dwords")
                .containsOnly(0);
    }

    @Test
    void aDataPointerTypedByHandIsSentAsItStands() {
        assertThat(draft(Queue.IO, 0x02).dword(6, 0x1000).rawPointers()).isTrue();
        assertThat(draft(Queue.IO, 0x02).dword(10, 0x1000).rawPointers()).isFalse();
    }

    @Test
    void copiesNameEveryDwordThatIsSet() {
        Draft draft = draft(Queue.IO, 0x02).dword(10, 0x1000).dword(12, 7);
        assertThat(CopyAs.commandLine(draft, 4096, "sim:"))
                .isEqualTo(
                        "./doorbell send 'sim:' --queue io --opcode 0x02 --nsid 1 --cdw10 0x1000 --cdw12 0x7 --data-in 4096\n");
        assertThat(CopyAs.nvmeCli(draft, 4096, true))
                .contains(
                        "io-passthru", "--opcode=0x02", "--namespace-id=1", "--cdw10=0x1000", "--data-len=4096 --read");
        assertThat(CopyAs.java(draft, 4096, "Read")).contains(".cdw10(0x00001000)", ".data(data)");
    }
}
