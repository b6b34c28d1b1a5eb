package dev.doorbell.driver;

import java.util.List;

/** Where in its region a workload's random I/Os go. */
public sealed interface LbaDistribution {
    /** How many sections {@link Sections} has. */
    int SECTIONS = 100;

    /** Every place is equally likely. */
    record Uniform() implements LbaDistribution {}

    /**
     * The region in 100 equal sections, each with its share of the I/Os; inside a section every place is equally likely.
     *
     * @param shares 100 relative shares, 0 or more
     */
    record Sections(List<Integer> shares) implements LbaDistribution {
        public Sections {
            shares = List.copyOf(shares);
        }
    }

    /**
     * A few places get most: the place of rank k is hit in proportion to k<sup>-theta</sup>. Ranks are scattered over the region.
     *
     * @param theta above 0, below 10; 1.2 is usual
     */
    record Zipf(double theta) implements LbaDistribution {}

    /**
     * A few places get most: a share {@code h} of the places gets all but {@code h} of the I/Os, and so on inside it. Scattered over the
     * region.
     *
     * @param h above 0, below 1; 0.2 is usual: 20 % of the places get 80 %
     */
    record Pareto(double h) implements LbaDistribution {}

    /**
     * A bell around a place of the region.
     *
     * @param centrePercent where, 0 .. 100
     * @param deviationPercent standard deviation in percent of the region, above 0
     */
    record Normal(double centrePercent, double deviationPercent) implements LbaDistribution {}

    static LbaDistribution uniform() {
        return new Uniform();
    }

    static LbaDistribution sections(List<Integer> shares) {
        return new Sections(shares);
    }

    static LbaDistribution zipf(double theta) {
        return new Zipf(theta);
    }

    static LbaDistribution pareto(double h) {
        return new Pareto(h);
    }

    static LbaDistribution normal(double centrePercent, double deviationPercent) {
        return new Normal(centrePercent, deviationPercent);
    }
}
