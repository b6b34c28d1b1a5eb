/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/sysfs.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool bell_sysfs_text(const char *folder, const char *file, char *text, size_t size)
{
    char path[PATH_MAX];
    FILE *stream;
    bool read;

    text[0] = '\0';
    snprintf(path, sizeof path, "%s/%s", folder, file);
    stream = fopen(path, "re");
    if (stream == NULL)
        return false;
    read = fgets(text, (int)size, stream) != NULL;
    fclose(stream);
    text[strcspn(text, "\n")] = '\0';
    return read;
}

unsigned long bell_sysfs_number(const char *folder, const char *file)
{
    char text[32];

    return bell_sysfs_text(folder, file, text, sizeof text) ? strtoul(text, NULL, 0) : 0;
}

bool bell_sysfs_target(const char *folder, const char *link, char *text, size_t size)
{
    char path[PATH_MAX];
    ssize_t length;

    snprintf(path, sizeof path, "%s/%s", folder, link);
    length = readlink(path, text, size - 1);
    text[length < 0 ? 0 : length] = '\0';
    return length >= 0;
}

bool bell_sysfs_link(const char *folder, const char *link, char *text, size_t size)
{
    char target[PATH_MAX];
    const char *last;

    text[0] = '\0';
    if (!bell_sysfs_target(folder, link, target, sizeof target))
        return false;
    last = strrchr(target, '/');
    snprintf(text, size, "%s", last == NULL ? target : last + 1);
    return true;
}

void bell_words_add(struct bell_words *words, const char *format, ...)
{
    size_t used = strlen(words->text);
    va_list args;
    int length;

    if (used > 0)
        length = snprintf(words->text + used, words->size - used, "; ");
    else
        length = 0;
    if (used + (size_t)length + 1 >= words->size)
        return;
    va_start(args, format);
    vsnprintf(words->text + used + length, words->size - used - (size_t)length, format, args);
    va_end(args);
}
