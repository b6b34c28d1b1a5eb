package dev.doorbell.driver.ffi;

import java.util.ArrayList;
import java.util.List;

/** Picture of one C structure: fields in order, each aligned to the size of its elements, as a 64-bit C compiler lays them out. */
public final class Struct {
    /**
     * One field.
     *
     * @param name C name
     * @param offset bytes from the start of the structure
     * @param bytes size, of all elements for an array
     */
    public record Field(String name, int offset, int bytes) {}

    private final String name;
    private final List<Field> fields = new ArrayList<>();
    private int end;
    private int alignment = 1;

    Struct(String name) {
        this.name = name;
    }

    int u8s(String field, int count) {
        return add(field, 1, count);
    }

    int u16(String field) {
        return add(field, 2, 1);
    }

    int u32(String field) {
        return add(field, 4, 1);
    }

    int u32s(String field, int count) {
        return add(field, 4, count);
    }

    int u64(String field) {
        return add(field, 8, 1);
    }

    int u64s(String field, int count) {
        return add(field, 8, count);
    }

    private int add(String field, int width, int count) {
        int offset = align(end, width);
        fields.add(new Field(field, offset, width * count));
        end = offset + width * count;
        alignment = Math.max(alignment, width);
        return offset;
    }

    private static int align(int offset, int to) {
        return (offset + to - 1) / to * to;
    }

    /** C name without {@code bell_}. */
    public String name() {
        return name;
    }

    /** {@code sizeof}, tail padding included. */
    public int bytes() {
        return align(end, alignment);
    }

    /** All fields in order. */
    public List<Field> fields() {
        return List.copyOf(fields);
    }
}
