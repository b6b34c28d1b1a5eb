package dev.doorbell.app.views.cmdlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.driver.CmdLog;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CmdlogFilterTest {
    /** A Compare on queue 1 that failed after 150 µs. */
    private static final CmdlogRow COMPARE = row(7, 1, 0x05, 4096, 0x285, 150_000, true, false);

    private static final CmdlogRow OUTSTANDING_READ = row(8, 2, 0x02, 8, 0, 0, false, true);

    static CmdlogRow row(
            long number, int qid, int opcode, long lba, int status, long latency, boolean done, boolean worker) {
        ByteBuffer sqe = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        sqe.putInt(0, 0x2f << 16 | opcode).putInt(4, 1).putLong(40, lba);
        ByteBuffer cqe = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        cqe.putInt(12, status << 17 | 0x2f);
        var entry = new CmdLog.Entry(
                number, qid, sqe.array(), cqe.array(), 1000, 1000 + latency, done, false, false, false, Instant.EPOCH);
        String name = opcode == 5 ? "Compare" : "Read";
        String text = !done ? "" : status == 0 ? "Successful Completion" : "Compare Failure";
        return new CmdlogRow(number, entry, worker, name, "ns 1, LBA " + lba + " +8", text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            '' ; true ; true
            q == 1 ; true ; false
            q in (0, 1) && !worker ; true ; false
            q in (0,2) ; false ; true
            worker ; false ; true
            lat > 100us ; true ; false
            lat > 0.1ms && lat < 1s ; true ; false
            lat < 100us ; false ; false
            status == 02/85 ; true ; false
            status ~ compare ; true ; false
            status != 02/85 ; false ; true
            sct == 2 && sc == 0x85 ; true ; false
            failed || worker ; true ; true
            !(failed || worker) ; false ; false
            opc == 0x02 ; false ; true
            name == read ; false ; true
            lba >= 4096 ; true ; false
            cid == 0x2f ; true ; true
            compare ; true ; false
            "lba 4096" ; true ; false
            read lba ; false ; true
            '# == 8' ; false ; true
            done ; true ; false
            """)
    void letsThroughWhatItSays(String text, boolean compare, boolean read) throws CmdlogFilter.SyntaxException {
        var filter = CmdlogFilter.parse(text);
        assertThat(filter.test(COMPARE)).as("the failed compare").isEqualTo(compare);
        assertThat(filter.test(OUTSTANDING_READ)).as("the worker's read").isEqualTo(read);
    }

    @Test
    void namesTheFieldsThatThereAre() {
        assertThatThrownBy(() -> CmdlogFilter.parse("latency > 3us"))
                .isInstanceOf(CmdlogFilter.SyntaxException.class)
                .hasMessageContaining("no field \"latency\"")
                .hasMessageContaining("lat");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "q ==",
                "q in (1",
                "(failed",
                "lat > fast",
                "&& q == 1",
                "q == x",
                ")",
                "name > read",
                "q in",
                "!"
            })
    void saysWhatIsWrongInsteadOfGuessing(String text) {
        assertThatThrownBy(() -> CmdlogFilter.parse(text))
                .isInstanceOf(CmdlogFilter.SyntaxException.class)
                .message()
                .isNotBlank();
    }
}
