package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommandTest {
    @Test
    void settersReturnANewCommandAndLeaveTheOldAlone() {
        Command a = Command.of(0x02).nsid(1);
        Command b = a.cdw10(7).cdw15(-1).dword(4, 0x1234);
        assertThat(a.dword(10)).isZero();
        assertThat(b.dword(10)).isEqualTo(7);
        assertThat(b.dword(15)).isEqualTo(-1);
        assertThat(b.dword(4)).isEqualTo(0x1234);
        assertThat(b.nsid()).isEqualTo(1);
        assertThat(b.opcode()).isEqualTo(2);
        assertThat(b.sqe()).hasSize(64).startsWith(2, 0, 0, 0, 1, 0, 0, 0);
        b.sqe()[0] = 9;
        assertThat(b.opcode()).isEqualTo(2);
    }

    @Test
    void fieldsOfDwordZeroDoNotTouchEachOther() {
        Command c = Command.of(0xff).fuse(2).psdt(1).rawCid(0xbeef);
        assertThat(c.dword(0)).isEqualTo(0xbeef << 16 | 1 << 14 | 2 << 8 | 0xff);
        assertThat(c.fuse(0).psdt(0).rawCid(0).dword(0)).isEqualTo(0xff);
    }

    @Test
    void rawTakesExactly64Bytes() {
        byte[] sqe = new byte[64];
        sqe[63] = 5;
        Command c = Command.raw(sqe);
        sqe[63] = 6;
        assertThat(c.dword(15)).isEqualTo(5 << 24);
        assertThatThrownBy(() -> Command.raw(new byte[63]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("63");
    }

    @Test
    void rawDataPointersAreKept() {
        Command c = Command.of(1).rawDataPointer(0x1122334455667788L, -2);
        assertThat(c.dword(6)).isEqualTo(0x55667788);
        assertThat(c.dword(7)).isEqualTo(0x11223344);
        assertThat(c.dword(9)).isEqualTo(-1);
    }

    @Test
    void timeLimitsAreAtLeastAMillisecond() {
        assertThat(Command.of(0).timeout()).isEmpty();
        assertThat(Command.of(0).timeout(Duration.ofNanos(1)).timeout()).contains(Duration.ofMillis(1));
        assertThat(Command.of(0).timeout(Duration.ofDays(365)).timeout()).contains(Duration.ofMillis(0xffff_ffffL));
    }

    @Test
    void adminCommandsPutTheirFieldsWhereTheStandardHasThem() {
        Command log = AdminCommands.getLogPage(0x0c, 3, 1 << 20, 0x1_0000_0010L, 5, true);
        assertThat(log.dword(10)).isEqualTo(0xffff << 16 | 1 << 15 | 5 << 8 | 0x0c);
        assertThat(log.dword(11)).isEqualTo(3);
        assertThat(log.dword(12)).isEqualTo(0x10);
        assertThat(log.dword(13)).isEqualTo(1);
        Command format = AdminCommands.format(1, 0x21, 2, 3, true, true);
        assertThat(format.dword(10)).isEqualTo(2 << 12 | 2 << 9 | 1 << 8 | 3 << 5 | 1 << 4 | 1);
        assertThat(AdminCommands.abort(3, 0x1234).dword(10)).isEqualTo(0x12340003);
        assertThat(AdminCommands.identify(0x12, 0, 9, 2).dword(11)).isEqualTo(2 << 24);
        assertThat(AdminCommands.firmwareDownload(4096, 8192).dword(10)).isEqualTo(1023);
        assertThat(AdminCommands.firmwareDownload(4096, 8192).dword(11)).isEqualTo(2048);
    }

    @Test
    void aCompletionTakesItsStatusApart() {
        byte[] cqe = new byte[16];
        cqe[0] = 0x2a;
        cqe[8] = 0x11;
        cqe[10] = 3;
        int status = 0x85 | 2 << 8 | 2 << 11 | 1 << 13 | 1 << 14;
        cqe[14] = (byte) (status << 1 | 1);
        cqe[15] = (byte) (status >> 7);
        Completion c = new Completion(cqe, 1_000, 4_000, 7, 3, false, false);
        assertThat(c.cdw0()).isEqualTo(0x2a);
        assertThat(c.sqhd()).isEqualTo(0x11);
        assertThat(c.sqid()).isEqualTo(3);
        assertThat(c.sct()).isEqualTo(2);
        assertThat(c.sc()).isEqualTo(0x85);
        assertThat(c.crd()).isEqualTo(2);
        assertThat(c.more()).isTrue();
        assertThat(c.dnr()).isTrue();
        assertThat(c.isSuccess()).isFalse();
        assertThat(c.statusCode()).isEqualTo("02/85");
        assertThat(c.latencyNanos()).isEqualTo(3_000);
        assertThat(c).hasToString("CID 7 on qpair 3: Compare Failure (02/85), 3 µs");
        assertThatThrownBy(c::orThrow)
                .isInstanceOf(Command.StatusException.class)
                .hasMessageContaining("CID 7 on qpair 3")
                .hasMessageContaining("Compare Failure (02/85)");
    }
}
