package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.CanvasRegion;
import dev.doorbell.driver.LbaDistribution;
import javafx.scene.canvas.GraphicsContext;

/** How the I/Os are spread over the range, as a hundred bars; of scattered distributions how their ranks are hit. */
final class DistributionPicture extends CanvasRegion {
    private static final int BARS = 100;

    private final Ink fill = ink("fill");
    private final Ink track = ink("track");
    private LbaDistribution distribution = LbaDistribution.uniform();

    DistributionPicture() {
        super("distribution-picture");
        setMinHeight(36);
        setPrefHeight(36);
        setMaxHeight(36);
    }

    void show(LbaDistribution now) {
        if (!distribution.equals(now)) {
            distribution = now;
            redraw();
        }
    }

    /** The shares of a hundred equal parts, in any unit. */
    static double[] shares(LbaDistribution distribution) {
        double[] shares = new double[BARS];
        for (int i = 0; i < BARS; i++) {
            shares[i] = switch (distribution) {
                case LbaDistribution.Uniform u -> 1;
                case LbaDistribution.Sections s -> s.shares().get(i);
                case LbaDistribution.Zipf z -> Math.pow(i + 1, -z.theta());
                case LbaDistribution.Pareto p -> pareto(p.h(), (i + 1) / 100.0) - pareto(p.h(), i / 100.0);
                case LbaDistribution.Normal n -> {
                    double off = (i + 0.5 - n.centrePercent()) / n.deviationPercent();
                    yield Math.exp(-off * off / 2);
                }
            };
        }
        return shares;
    }

    /** The share of I/Os in the first part of the places: a part {@code h} of them gets {@code 1 - h}. */
    private static double pareto(double h, double part) {
        return Math.pow(part, Math.log(1 - h) / Math.log(h));
    }

    @Override
    protected void draw(GraphicsContext g, double width, double height) {
        double[] shares = shares(distribution);
        double most = 0;
        for (double share : shares) {
            most = Math.max(most, share);
        }
        double bar = width / BARS;
        g.setFill(track.paint());
        g.fillRect(0, height - 1, width, 1);
        g.setFill(fill.paint());
        for (int i = 0; i < BARS; i++) {
            double tall = most == 0 ? 0 : shares[i] / most * (height - 2);
            g.fillRect(i * bar, height - 1 - tall, Math.max(1, bar - 0.5), tall);
        }
    }
}
