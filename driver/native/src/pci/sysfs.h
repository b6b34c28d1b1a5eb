/* SPDX-License-Identifier: Apache-2.0 */
/* Small files and links below /sys and /proc. */
#ifndef BELL_PCI_SYSFS_H
#define BELL_PCI_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

/* bell_sysfs_text - the first line of a file. False: it cannot be read. */
bool bell_sysfs_text(const char *folder, const char *file, char *text, size_t size);

/* bell_sysfs_number - a file's number, in any base that C knows; 0 where it cannot be read. */
unsigned long bell_sysfs_number(const char *folder, const char *file);

/* bell_sysfs_target - where a link points to. bell_sysfs_link - the last part of that; text is "" where there is no
 * link. */
bool bell_sysfs_target(const char *folder, const char *link, char *text, size_t size);
bool bell_sysfs_link(const char *folder, const char *link, char *text, size_t size);

/* A list in words, "; " between its parts; what does not fit any more is left out. */
struct bell_words {
    char *text;
    size_t size;
};
void bell_words_add(struct bell_words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
