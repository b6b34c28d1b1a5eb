package dev.doorbell.app.views.cmdlog;

import static dev.doorbell.app.views.cmdlog.CmdlogFilterTest.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CmdlogModelTest {
    private final CmdlogModel model = new CmdlogModel();

    private void sent(CmdlogRow... rows) {
        model.add(new CmdlogCollector.News(List.of(rows), List.of()));
    }

    private static CmdlogRow read(long number, boolean done) {
        return row(number, 1, 2, 0, 0, 10, done, false);
    }

    @Test
    void anOutstandingCommandIsReplacedInPlaceWhenItEnds() {
        sent(read(1, false), read(2, false), read(3, true));
        model.add(new CmdlogCollector.News(List.of(), List.of(read(2, true))));
        assertThat(model.shown()).extracting(CmdlogRow::number).containsExactly(1L, 2L, 3L);
        assertThat(model.shown()).extracting(r -> r.entry().done()).containsExactly(false, true, true);
    }

    @Test
    void aCommandThatEndsIntoTheFilterAppearsAndOneThatLeavesItGoes() {
        model.filter(CmdlogRow::failed);
        sent(row(1, 1, 5, 0, 0, 0, false, false));
        assertThat(model.shown()).isEmpty();
        model.add(new CmdlogCollector.News(List.of(), List.of(row(1, 1, 5, 0, 0x285, 10, true, false))));
        assertThat(model.shown()).hasSize(1);
        model.filter(r -> !r.entry().done());
        assertThat(model.shown()).isEmpty();
    }

    @Test
    void aPauseFreezesThePictureAndLosesNothing() {
        sent(read(1, true));
        model.paused().set(true);
        sent(read(2, true));
        assertThat(model.shown()).hasSize(1);
        model.paused().set(false);
        model.showAll();
        assertThat(model.shown()).hasSize(2);
    }

    @Test
    void theOldestGoWhenItIsFull() {
        for (long from = 1; from <= CmdlogModel.CAPACITY + 1000; from += 500) {
            sent(LongStream.range(from, from + 500).mapToObj(n -> read(n, true)).toArray(CmdlogRow[]::new));
        }
        assertThat(model.all()).hasSize(CmdlogModel.CAPACITY);
        assertThat(model.shown().getLast().number())
                .isEqualTo(model.all().getLast().number());
        assertThat(model.shown()).hasSizeLessThanOrEqualTo(CmdlogModel.CAPACITY);
    }
}
