package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Workloads as text: fio jobs both ways, Java, and traces of three formats. */
class WorkloadTextTest {
    private static final int LBA = 4096;

    private static Workload onlyJob(String text) {
        List<Workload> all = FioJob.parse(text, 1, LBA).workloads();
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void whatFioCanDoComesBackFromItsJob() {
        List<Workload> all = List.of(
                Workload.builder(1).duration(Duration.ofSeconds(30)).build(),
                Workload.builder(1)
                        .readPercent(70)
                        .qdepth(256)
                        .seed(99)
                        .duration(Duration.ofMillis(1500))
                        .build(),
                Workload.builder(1)
                        .ioSizes(List.of(
                                IoSize.of(4096).weight(60), IoSize.of(65536).weight(40)))
                        .readPercent(0)
                        .region(1000, 5000)
                        .ioCount(12345)
                        .build(),
                Workload.builder(1)
                        .ioSizes(List.of(IoSize.range(4096, 65536, 4096).aligned(8192)))
                        .distribution(LbaDistribution.zipf(1.2))
                        .byteCount(1L << 34)
                        .pace(Pace.unlimited().iops(5000).bytesPerSecond(100_000_000))
                        .build(),
                Workload.builder(1)
                        .distribution(LbaDistribution.normal(25, 7.5))
                        .fillDword(0x12345678)
                        .ioCount(1)
                        .onError(ErrorPolicy.stopAtFirst())
                        .build(),
                Workload.builder(1)
                        .randomPercent(30)
                        .readPercent(40)
                        .distribution(LbaDistribution.pareto(0.3))
                        .data(WriteData.random().dedupable(25).compressible(50))
                        .ioCount(7)
                        .cpu(1)
                        .build(),
                Workload.builder(1)
                        .operations(IoOperation.trim(100))
                        .fill(Workload.Fill.ZEROS)
                        .ioCount(3)
                        .build(),
                Workload.builder(1)
                        .randomPercent(0)
                        .region(0, 64)
                        .passes(3)
                        .fill(Workload.Fill.ONES)
                        .build());
        for (Workload w : all) {
            String text = w.toFioJob(LBA);
            assertThat(text).doesNotContain("#");
            assertThat(onlyJob(text)).as(text).isEqualTo(w);
        }
    }

    @Test
    void whatFioCannotDoIsRemarked() {
        String text = Workload.builder(1)
                .operations(IoOperation.read(90), IoOperation.flush(10))
                .stepLbas(-8)
                .priority(1)
                .pace(Pace.unlimited().bursts(Duration.ofMillis(10), Duration.ofMillis(90)))
                .onError(ErrorPolicy.retry(3))
                .ioCount(1)
                .build()
                .toFioJob(LBA);
        assertThat(text)
                .contains("# fio has no flush", "steps", "priority", "bursts", "sent again")
                .contains("rw=randread");
    }

    @Test
    void aJobFileByHandIsRead() {
        FioJob.Jobs jobs = FioJob.parse("""
                ; a remark
                [global]
                direct=1
                bs=8k
                runtime=2m
                time_based
                [one]
                rw=randwrite
                numjobs=2
                randseed=7
                [two]
                readwrite=randrw
                rwmixwrite=30
                random_distribution=zoned:60/10:30/20:10/70
                unknown_thing=5
                """, 1, 512);
        assertThat(jobs.workloads()).hasSize(3);
        assertThat(jobs.workloads().get(0).readPercent()).isZero();
        assertThat(jobs.workloads().get(1).seed()).isEqualTo(8);
        assertThat(jobs.workloads().get(2).readPercent()).isEqualTo(70);
        assertThat(jobs.workloads().get(2).duration()).isEqualTo(Duration.ofMinutes(2));
        assertThat(jobs.workloads().get(2).sizes()).containsExactly(IoSize.of(8192));
        LbaDistribution.Sections s =
                (LbaDistribution.Sections) jobs.workloads().get(2).region().distribution();
        assertThat(s.shares().subList(0, 10)).containsOnly(60_000);
        assertThat(s.shares().subList(10, 30)).containsOnly(15_000);
        assertThat(jobs.ignored()).contains("[two] unknown_thing=5", "[one] direct=1");
    }

    @Test
    void aJobFileThatIsWrongSaysWhere() {
        assertThatThrownBy(() -> FioJob.parse("", 1, LBA)).isInstanceOf(FioJob.FormatException.class);
        assertThatThrownBy(() -> FioJob.parse("bs=4k\n", 1, LBA)).hasMessageContaining("line 1");
        assertThatThrownBy(() -> FioJob.parse("[a]\nrw=sideways\nruntime=1\n", 1, LBA))
                .hasMessageContaining("rw=sideways");
        assertThatThrownBy(() -> FioJob.parse("[a]\nbs=99999999g\n", 1, LBA)).hasMessageContaining("bs=99999999g");
        assertThatThrownBy(() -> FioJob.parse("[a]\nsize=5000\n", 1, LBA)).hasMessageContaining("LBA size");
        assertThatThrownBy(() -> FioJob.parse("[a]\nrw=randread\n", 1, LBA)).hasMessageContaining("no end");
    }

    @Test
    void javaTextNamesWhatDiffersFromTheDefaults() {
        assertThat(Workload.builder(2)
                        .readPercent(70)
                        .qdepth(4)
                        .duration(Duration.ofMillis(250))
                        .build()
                        .toJava())
                .isEqualTo("""
                        Workload workload = Workload.builder(2)
                                .ioSize(4096)
                                .readPercent(70)
                                .qdepth(4)
                                .limits(new Workload.Limits(Duration.ofMillis(250), 0, 0, 0))
                                .build();
                        """);
        String rich = Workload.builder(1)
                .operations(IoOperation.read(99.5), IoOperation.trim(0.5).ranges(16))
                .ioSizes(List.of(
                        IoSize.range(4096, 8192, 512).weight(2), IoSize.of(4096).aligned(4096)))
                .distribution(LbaDistribution.zipf(0.9))
                .stepLbas(-8)
                .region(1L << 40, 0)
                .data(WriteData.random().dedupable(10))
                .onError(ErrorPolicy.retry(2).thenStop())
                .build()
                .toJava();
        assertThat(rich)
                .contains(
                        "IoOperation.of(0x09, 0.5).ranges(16)",
                        "IoSize.range(4096, 8192, 512).weight(2)",
                        ".distribution(LbaDistribution.zipf(0.9))",
                        ".stepLbas(-8)",
                        ".region(1099511627776L, 0)",
                        "new WriteData(Workload.Fill.RANDOM, 0, true, 0, 10)",
                        "new ErrorPolicy(2, true)");
    }

    @Test
    void tracesOfEachFormatAreRead() {
        Trace blk = TraceReader.parse("t", """
                259,0    1        1     0.000000000  1234  Q   R 2048 + 8 [fio]
                259,0    1        2     0.000000500  1234  D   R 2048 + 8 [fio]
                259,0    1        3     0.000100000  1234  D  WS 4096 + 16 [fio]
                259,0    1        4     0.000200000  1234  D   D 8192 + 1024 [fio]
                259,0    1        5     0.000250000  1234  D  FN [fio]
                259,0    1        6     0.000300000     0  C   R 2048 + 8 [0]
                CPU1 (259,0):
                """, LBA);
        assertThat(blk)
                .isEqualTo(Trace.of(List.of(
                        new Trace.Entry(500, 2, 256, 1),
                        new Trace.Entry(100_000, 1, 512, 2),
                        new Trace.Entry(200_000, 9, 1024, 128),
                        new Trace.Entry(250_000, 0, 0, 0))));
        Trace two = TraceReader.parse("t", """
                fio version 2 iolog
                /dev/nvme0n1 add
                /dev/nvme0n1 open
                /dev/nvme0n1 read 8192 4096
                /dev/nvme0n1 wait 50
                /dev/nvme0n1 write 0 12288
                /dev/nvme0n1 close
                """, LBA);
        assertThat(two).isEqualTo(Trace.of(List.of(new Trace.Entry(0, 2, 2, 1), new Trace.Entry(50_000, 1, 0, 3))));
        Trace three = TraceReader.parse(
                "t", "fio version 3 iolog\n0 /dev/x add\n1 /dev/x read 4096 4096\n3 /dev/x trim 0 8192\n", LBA);
        assertThat(three)
                .isEqualTo(Trace.of(List.of(new Trace.Entry(1_000_000, 2, 1, 1), new Trace.Entry(3_000_000, 9, 0, 2))));
        Trace csv = TraceReader.parse("t", "# mine\n0,read,5,1\n0.000001,0x01,9,100000\n", LBA);
        assertThat(csv)
                .isEqualTo(Trace.of(List.of(
                        new Trace.Entry(0, 2, 5, 1),
                        new Trace.Entry(1000, 1, 9, 65536),
                        new Trace.Entry(1000, 1, 65545, 34464))));
    }

    @Test
    void aTraceThatIsWrongSaysWhere() {
        assertThatThrownBy(() -> TraceReader.parse("t", "hello\n", LBA)).hasMessageContaining("line 1");
        assertThatThrownBy(() -> TraceReader.parse("t", "0,read,x,1\n", LBA)).hasMessageContaining("'x'");
        assertThatThrownBy(() -> TraceReader.parse("t", "0,read,1\n", LBA)).hasMessageContaining("3 columns");
        assertThatThrownBy(() -> TraceReader.parse("t", "", LBA)).hasMessageContaining("no I/O");
        assertThatThrownBy(() -> TraceReader.parse("t", "fio version 9 iolog\n", LBA))
                .hasMessageContaining("version 9");
        assertThatThrownBy(() -> TraceReader.read(Path.of("/nowhere"), LBA)).hasMessageContaining("/nowhere");
    }
}
