package dev.doorbell.app.tour;

/**
 * A place on the tour.
 *
 * @param id name of its picture, without the ending
 * @param title what it shows
 * @param text what to look at, one or two sentences
 * @param visit goes there and returns when everything can be seen
 */
record Stop(String id, String title, String text, Visit visit) {
    /** The way to a place. */
    @FunctionalInterface
    interface Visit {
        void go(Guide guide);
    }
}
