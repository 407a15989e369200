/* date.c: civil dates after Howard Hinnant's public-domain `chrono`-compatible day algorithms. */
#include "codec/date.h"

#define MS_PER_DAY INT64_C(86400000)

static bool digits(const char *p, size_t count, int64_t *value) {
  *value = 0;
  for (size_t i = 0; i < count; i++) {
    if (p[i] < '0' || p[i] > '9')
      return false;
    *value = *value * 10 + (p[i] - '0');
  }
  return true;
}

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t shifted_month = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  *month = shifted_month + (shifted_month < 10 ? 3 : -9);
  *year = year_of_era + era * 400 + (*month <= 2);
}

static bool parse_year(struct span *text, int64_t *year) {
  bool extended = text->len == DATE_TEXT_MAX && (text->ptr[0] == '+' || text->ptr[0] == '-');
  if (!extended) {
    if (text->len != 24 || !digits(text->ptr, 4, year))
      return false;
    *text = span_from(*text, 4);
    return true;
  }
  if (!digits(text->ptr + 1, 6, year))
    return false;
  if (text->ptr[0] == '-' && *year == 0)
    return false; /* there is no year -000000 */
  if (text->ptr[0] == '-')
    *year = -*year;
  *text = span_from(*text, 7);
  return true;
}

bool date_parse(struct span text, int64_t *ms) {
  int64_t year, month, day, hour, minute, second, milli, y, m, d;
  if (!parse_year(&text, &year))
    return false;
  const char *p = text.ptr;
  if (p[0] != '-' || p[3] != '-' || p[6] != 'T' || p[9] != ':' || p[12] != ':' || p[15] != '.' ||
      p[19] != 'Z')
    return false;
  if (!digits(p + 1, 2, &month) || !digits(p + 4, 2, &day) || !digits(p + 7, 2, &hour) ||
      !digits(p + 10, 2, &minute) || !digits(p + 13, 2, &second) || !digits(p + 16, 3, &milli))
    return false;
  if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12)
    return false;
  int64_t days = days_from_civil(year, month, day);
  civil_from_days(days, &y, &m, &d);
  if (m != month || d != day)
    return false;
  int64_t value = days * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000 + milli;
  if (value > DATE_MAX || value < -DATE_MAX)
    return false;
  *ms = value;
  return true;
}

static char *put_digits(char *p, int64_t value, int count) {
  for (int i = count - 1; i >= 0; i--, value /= 10)
    p[i] = (char)('0' + value % 10);
  return p + count;
}

static char *put_part(char *p, char lead, int64_t value, int count) {
  *p = lead;
  return put_digits(p + 1, value, count);
}

size_t date_format(int64_t ms, char *text) {
  int64_t days = ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
  int64_t left = ms - days * MS_PER_DAY;
  int64_t year, month, day;
  civil_from_days(days, &year, &month, &day);
  char *p = text;
  if (year >= 0 && year <= 9999)
    p = put_digits(p, year, 4);
  else
    p = put_part(p, year < 0 ? '-' : '+', year < 0 ? -year : year, 6);
  p = put_part(p, '-', month, 2);
  p = put_part(p, '-', day, 2);
  p = put_part(p, 'T', left / 3600000, 2);
  p = put_part(p, ':', left / 60000 % 60, 2);
  p = put_part(p, ':', left / 1000 % 60, 2);
  p = put_part(p, '.', left % 1000, 3);
  *p++ = 'Z';
  return (size_t)(p - text);
}
