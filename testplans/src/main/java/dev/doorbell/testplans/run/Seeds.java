package dev.doorbell.testplans.run;

/** Seeds for parts of a run, made from the run's seed and the part's name, so that a part alone repeats exactly. */
final class Seeds {
    private static final long PRIME = 0x100000001b3L;
    private static final long START = 0xcbf29ce484222325L;

    private Seeds() {}

    static long of(long runSeed, String part) {
        long hash = START ^ runSeed;
        for (int i = 0; i < part.length(); i++) {
            hash = (hash ^ part.charAt(i)) * PRIME;
        }
        return hash ^ hash >>> 29;
    }
}
