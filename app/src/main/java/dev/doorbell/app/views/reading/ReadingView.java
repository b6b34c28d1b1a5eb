package dev.doorbell.app.views.reading;

import dev.doorbell.plugin.Memento;
import dev.doorbell.plugin.View;
import dev.doorbell.spec.Hit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.scene.Node;

/**
 * A view around one {@link ReadingPane}: hands the window's wishes on to it, and leads to whatever somebody navigates to.
 * JavaFX thread only, as its pane.
 */
public abstract class ReadingView implements View {
    private static final Pattern NAMESPACE = Pattern.compile("ns (\\d+)");

    private final ReadingPane pane;

    /** A view around this pane. */
    protected ReadingView(ReadingPane pane) {
        this.pane = pane;
    }

    /** The fields and bytes. */
    protected final ReadingPane pane() {
        return pane;
    }

    /**
     * Turns to what is named: an object of the catalogue, a {@link NamespaceId}, or what {@link #what} gave. What this view
     * does not have is ignored.
     */
    protected abstract void turnTo(Object what);

    /** What is shown now, for the way back; empty text where there is only one thing. */
    protected Object what() {
        return "";
    }

    @Override
    public Node node() {
        return pane;
    }

    @Override
    public boolean refreshable() {
        return true;
    }

    @Override
    public void refresh() {
        pane.refresh();
    }

    @Override
    public void find() {
        pane.find();
    }

    /** Takes a search's hit, a spot, {@code "ns 1"}, a field's path, or what {@link #turnTo} takes. */
    @Override
    public void open(Object argument) {
        switch (argument) {
            case Hit hit -> open(Spot.of(hit));
            case Spot spot -> {
                turnTo(spot.what());
                if (!spot.path().isEmpty()) {
                    pane.open(spot.path());
                }
            }
            case String text -> {
                Matcher namespace = NAMESPACE.matcher(text);
                if (namespace.matches()) {
                    turnTo(new NamespaceId(Integer.parseUnsignedInt(namespace.group(1))));
                } else {
                    pane.open(text);
                }
            }
            default -> turnTo(argument);
        }
    }

    @Override
    public Object place() {
        return new Spot(
                what(), pane.fields().tree().chosen().map(r -> r.field().path()).orElse(""));
    }

    @Override
    public void save(Memento memento) {
        pane.save(memento);
    }

    @Override
    public void restore(Memento memento) {
        pane.restore(memento);
    }
}
