/* A small runtime for the tests of the code generator: a moving collector that runs whenever it is asked to,
 * non-local exits, and slow paths that say that they ran. It follows inko_abi by hand, on purpose: a second
 * reading of the layouts. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef uint64_t word;
typedef struct { uint64_t limit, next, end, exit_frame, exit_address; word home, value; int64_t exit; uint64_t slow, arguments[3]; } process;
typedef struct { uint32_t name, layout, fields, reserved; uint64_t floats; } class;
typedef struct { uint64_t start; uint32_t size, first_site, site_count, name; } function;
typedef struct { uint32_t offset, frame_size, first_slot, slot_count, landing_pad, position; } site;
typedef struct { uint32_t name, file, line, caller; } position;
typedef struct { uint32_t offset, length; } string;
typedef struct {
    uint64_t version; word main; class *classes; uint64_t class_count; function *functions;
    uint64_t function_count; site *sites; uint32_t *slots; position *positions; string *strings; char *text;
    word *constants; uint64_t constant_count;
} program;

extern program inko_program;
typedef struct { word value, status; } result;
extern result call_main(process *, word);
extern void resume_at(process *, uint64_t rsp, uint64_t rbp, uint64_t rip) __attribute__((noreturn));

/* Calls leave r15 changed; exits restore a frame; shims note where Inko code left. */
__asm__(
    ".text\n"
    "call_main: push %r15\n push %rbx\n push %r12\n push %r13\n push %r14\n call inko_call_closure\n"
    "  pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %r15\n ret\n"
    "resume_at: mov %rdi, %r15\n mov %rsi, %rsp\n mov %rdx, %rbp\n"
    "  mov $0x5555, %rax\n mov %rax, %rbx\n mov %rax, %r12\n mov %rax, %r13\n mov %rax, %r14\n jmp *%rcx\n");
#define SHIM(name)                                                                                          \
    __asm__(".globl inko_rt_" #name "\ninko_rt_" #name ": mov (%rsp), %rax\n mov %rax, 32(%rdi)\n"         \
            " mov %rbp, 24(%rdi)\n jmp " #name "_c\n");
/* The same for slow paths: all registers are preserved, and arguments and result are stored in the process. */
#define SLOW_PATH(name, target, store)                                                                      \
    __asm__(".globl inko_rt_slow_" #name "\ninko_rt_slow_" #name ":\n"                                      \
            "  push %rax\n mov 8(%rsp), %rax\n mov %rax, 32(%r15)\n mov %rbp, 24(%r15)\n"                   \
            "  push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %r8\n push %r9\n push %r10\n push %r11\n"  \
            "  sub $512, %rsp\n fxsave (%rsp)\n mov %r15, %rdi\n mov 72(%r15), %rsi\n"                     \
            "  mov 80(%r15), %rdx\n mov 88(%r15), %rcx\n movsd 72(%r15), %xmm0\n call " #target "\n " store "\n fxrstor (%rsp)\n"             \
            "  add $512, %rsp\n pop %r11\n pop %r10\n pop %r9\n pop %r8\n"                                  \
            "  pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %rax\n ret\n");
#define SLOW(name) SLOW_PATH(name, name##_c, "mov %rax, 64(%r15)")

static int collect_always, polls, collections;
static const uint64_t SIZE = 1 << 26;

static uint64_t space;

/* Under stress the region looks full to machine code. */
static void limit(process *p) { p->end = collect_always ? p->next : space + SIZE; }

static void new_space(process *p) {
    p->next = space = (uint64_t)mmap(0, SIZE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static uint64_t number(uint64_t header) { return header >> 32; }

static uint64_t size(uint64_t *o) {
    switch (number(o[0])) {
    case 1: return 16 + 8 * (uint64_t)llabs((int64_t)o[1]);
    case 2: case 15: case 16: case 12: return 16;
    case 3: return 16 + ((o[1] + 7) & ~7ull);
    case 6: return 24;
    case 8: return 24 + 8 * ((o[0] >> 16) & 0xffff);
    case 13: return 16 + 8 * o[1];
    default: return 8 + 8 * inko_program.classes[number(o[0])].fields;
    }
}

static word forward(process *p, word w, uint64_t from, uint64_t to) {
    if ((w & 7) != 1) return w;
    uint64_t *o = (uint64_t *)(w - 1);
    if ((uint64_t)o < from || (uint64_t)o >= to) {
        if (!(o[0] & 2)) { printf("stale reference %p\n", (void *)o); exit(3); }
        return w;
    }
    if (o[0] & 1) {
        uint64_t bytes = size(o);
        memcpy((void *)p->next, o, bytes);
        o[0] = p->next;
        p->next += bytes;
    }
    return o[0] + 1;
}

/* Which words of an object are words. */
static void words(uint64_t *o, uint64_t *first, uint64_t *last, uint64_t *floats) {
    *first = *last = 1, *floats = 0;
    switch (number(o[0])) {
    case 1: case 2: case 3: case 12: return;
    case 6: *first = 2, *last = 3; return;
    case 8: *first = 3, *last = size(o) / 8; return;
    case 13: *first = 2, *last = size(o) / 8; *floats = 0; return;
    case 15: case 16: *last = 2; return;
    default: *last = size(o) / 8; *floats = inko_program.classes[number(o[0])].floats;
    }
}

static void scan(process *p, uint64_t *o, uint64_t from, uint64_t to) {
    uint64_t i, last, floats;
    for (words(o, &i, &last, &floats); i < last; i++)
        if (i > 64 || !(floats >> (i - 1) & 1)) o[i] = forward(p, o[i], from, to);
}

static site *find(uint64_t address, function **found) {
    for (uint64_t i = 0; i < inko_program.function_count; i++) {
        function *f = &inko_program.functions[i];
        if (i > 0 && f->start <= f[-1].start) printf("functions are out of order\n"), exit(3);
        if (address < f->start || address > f->start + f->size) continue;
        for (uint32_t s = 0; s < f->site_count; s++) {
            site *row = &inko_program.sites[f->first_site + s];
            if (s > 0 && row->offset <= row[-1].offset) printf("sites are out of order\n"), exit(3);
            if (f->start + row->offset == address) return *found = f, row;
        }
    }
    return 0;
}

/* Where the walk goes on when it has reached the end of a generator. */
static uint64_t outer_frame, outer_address;

static site *walk(uint64_t *frame, uint64_t *address, function **f, int *outer) {
    site *s = find(*address, f);
    if (s || !outer_frame || (*outer)++) return s;
    *frame = outer_frame, *address = outer_address;
    return find(*address, f);
}

static void collect(process *p) {
    /* Without stress, only when it is worth it. */
    if (!collect_always && p->next - space < SIZE / 4) return;
    uint64_t start = space, stop = space + SIZE;
    int outer = 0;
    collections++;
    new_space(p);
    uint64_t done = p->next, frame = p->exit_frame, address = p->exit_address;
    p->home = forward(p, p->home, start, stop);
    p->value = forward(p, p->value, start, stop);
    function *f;
    for (site *s; (s = walk(&frame, &address, &f, &outer)); address = ((uint64_t *)frame)[1], frame = *(uint64_t *)frame)
        for (uint32_t i = 0; i < s->slot_count; i++) {
            word *slot = (word *)(frame - s->frame_size + inko_program.slots[s->first_slot + i]);
            *slot = forward(p, *slot, start, stop);
        }
    for (; done < p->next; done += size((uint64_t *)done)) scan(p, (uint64_t *)done, start, stop);
    /* Whoever kept an old address dies of it. */
    madvise((void *)start, SIZE, MADV_DONTNEED);
    mprotect((void *)start, SIZE, PROT_NONE);
    limit(p);
}

static void name(uint32_t index) {
    string s = inko_program.strings[index];
    printf("%.*s", (int)s.length, inko_program.text + s.offset);
}

static void trace(process *p) {
    uint64_t frame = p->exit_frame, address = p->exit_address;
    function *f;
    for (site *s; (s = find(address, &f)); address = ((uint64_t *)frame)[1], frame = *(uint64_t *)frame)
        for (uint32_t at = s->position; at != UINT32_MAX; at = inko_program.positions[at].caller) {
            position *where = &inko_program.positions[at];
            printf("  "), name(where->file), printf(":%u in ", where->line), name(where->name), puts("");
        }
}

static uint64_t take(process *p, uint64_t bytes) {
    uint64_t at = p->next;
    p->next += bytes;
    if (p->next > space + SIZE) printf("out of memory\n"), exit(3);
    return at;
}

uint64_t allocate_c(process *p, uint64_t bytes) { collect(p); return take(p, bytes); }
SHIM(allocate)
SLOW(allocate)

void poll_c(process *p) {
    polls++;
    collect(p);
    /* Read by a test that wants to be stopped a few times only. */
    if (polls >= 1000) p->limit = 0;
}
SLOW(poll)

static word text(process *p, const char *s) {
    uint64_t n = strlen(s), *o = (uint64_t *)take(p, 16 + ((n + 7) & ~7ull));
    o[0] = 3ull << 32 | 1, o[1] = n, memcpy(o + 2, s, n);
    return (word)o + 1;
}

static int64_t value_of(word w) { return (w & 1) == 0 ? (int64_t)w >> 1 : ((int64_t *)(w - 1))[2]; }

/* A big integer of one limb: the tests use none longer. */
static word integer(process *p, __int128 v) {
    if (v >= INT64_MIN / 2 && v <= INT64_MAX / 2) return (word)((int64_t)v << 1);
    uint64_t *o = (uint64_t *)take(p, 24);
    o[0] = 1ull << 32 | 1, o[1] = v < 0 ? -1 : 1, o[2] = (uint64_t)(v < 0 ? -v : v);
    return (word)o + 1;
}

static __int128 wide(word w) {
    if ((w & 1) == 0) return (int64_t)w >> 1;
    int64_t *o = (int64_t *)(w - 1);
    return o[1] < 0 ? -(__int128)(uint64_t)o[2] : (__int128)(uint64_t)o[2];
}

static int slow;
#define BINARY(entry, expression)                                                                           \
    word integer_##entry##_c(process *p, word x, word y) {                                                  \
        __int128 a = wide(x), b = wide(y);                                                                  \
        slow++;                                                                                             \
        return integer(p, expression);                                                                      \
    }                                                                                                       \
    SHIM(integer_##entry)                                                                                   \
    SLOW(integer_##entry)
static __int128 floored(__int128 a, __int128 b) { return a / b - (a % b != 0 && (a % b < 0) != (b < 0)); }
BINARY(add, a + b) BINARY(sub, a - b) BINARY(mul, a * b) BINARY(and, a & b) BINARY(or, a | b)
BINARY(xor, a ^ b) BINARY(shift_left, a << b) BINARY(shift_right, a >> (b > 100 ? 100 : b))
BINARY(div, floored(a, b)) BINARY(mod, a - floored(a, b) * b)
int64_t inko_rt_integer_compare(process *p, word x, word y) {
    (void)p, slow++;
    return wide(x) < wide(y) ? -1 : wide(x) > wide(y);
}
SLOW_PATH(integer_compare, inko_rt_integer_compare, "mov %rax, 64(%r15)")
double inko_rt_integer_to_float(process *p, word x) { return (void)p, slow++, (double)wide(x); }
SLOW_PATH(integer_to_float, inko_rt_integer_to_float, "movsd %xmm0, 64(%r15)")

word float_box_c(process *p, double d) {
    uint64_t *o = (uint64_t *)take(p, 16);
    o[0] = 2ull << 32 | 1, memcpy(o + 1, &d, 8);
    return (word)o + 1;
}
SHIM(float_box)
SLOW(float_box)

word array_get_c(process *p, word array, word index) {
    int64_t *o = (int64_t *)(array - 1), at = value_of(index);
    if (at < 0) at += o[1];
    if (at < 0 || at >= o[1]) printf("out of bounds\n"), trace(p), exit(1);
    return ((word *)(o[2] - 1))[2 + at];
}
SHIM(array_get)
SLOW(array_get)

/* Doubles the storage. */
word array_push_c(process *p, word array, word value) {
    uint64_t *o = (uint64_t *)(array - 1), *old = (uint64_t *)(o[2] - 1), capacity = old[1] ? 2 * old[1] : 4;
    if (o[0] & 2) printf("frozen\n"), exit(1);
    uint64_t *new = (uint64_t *)take(p, 16 + 8 * capacity);
    memset(new, 0, 16 + 8 * capacity);
    new[0] = 13ull << 32 | 1, new[1] = capacity;
    memcpy(new + 2, old + 2, 8 * o[1]);
    new[2 + o[1]++] = value;
    o[2] = (word)new + 1;
    return value;
}
SHIM(array_push)
SLOW(array_push)

word array_set_c(process *p, word array, word index, word value) {
    uint64_t *o = (uint64_t *)(array - 1);
    if (o[0] & 2) printf("frozen\n"), exit(1);
    if (value_of(index) == (int64_t)o[1]) return array_push_c(p, array, value);
    printf("out of bounds\n"), trace(p), exit(1);
}
SHIM(array_set)
SLOW(array_set)

word array_new_c(process *p, uint64_t capacity) {
    uint64_t *o = (uint64_t *)take(p, 40 + 8 * capacity);
    memset(o, 0, 40 + 8 * capacity);
    o[0] = 6ull << 32 | 1, o[2] = (word)(o + 3) + 1, o[3] = 13ull << 32 | 1, o[4] = capacity;
    return (word)o + 1;
}
SHIM(array_new)

/* A copy that is permanent; what it refers to is copied too (the tests freeze no cycles). */
static word frozen(word w) {
    if ((w & 7) != 1 || (*(uint64_t *)(w - 1) & 2)) return w;
    uint64_t *o = (uint64_t *)(w - 1), bytes = size(o), *copy = malloc(bytes);
    memcpy(copy, o, bytes);
    copy[0] |= 2;
    uint64_t first, last, floats;
    for (words(copy, &first, &last, &floats); first < last; first++)
        if (first > 64 || !(floats >> (first - 1) & 1)) copy[first] = frozen(copy[first]);
    return (word)copy + 1;
}

word freeze_c(process *p, word w) {
    (void)p;
    return frozen(w);
}
SHIM(freeze)

word array_filled_c(process *p, word amount, word value) {
    int64_t n = value_of(amount);
    uint64_t *o = (uint64_t *)take(p, 40 + 8 * n);
    o[0] = 6ull << 32 | 1, o[1] = n, o[2] = (word)(o + 3) + 1, o[3] = 13ull << 32 | 1, o[4] = n;
    for (int64_t i = 0; i < n; i++) o[5 + i] = value;
    word array = (word)o + 1;
    return array;
}
SHIM(array_filled)

word array_pop_c(process *p, word array) {
    uint64_t *o = (uint64_t *)(array - 1), *s = (uint64_t *)(o[2] - 1);
    (void)p;
    if (o[1] == 0) return 27;
    word last = s[2 + --o[1]];
    s[2 + o[1]] = 0;
    return last;
}
SHIM(array_pop)

word string_concat_c(process *p, word a, word b) {
    uint64_t *x = (uint64_t *)(a - 1), *y = (uint64_t *)(b - 1), n = x[1] + y[1];
    char *all = malloc(n + 1);
    memcpy(all, x + 2, x[1]), memcpy(all + x[1], y + 2, y[1]), all[n] = 0;
    word result = text(p, all);
    free(all);
    return result;
}
SHIM(string_concat)

result string_to_integer_c(process *p, word string, word radix) {
    char buffer[64] = {0}, *end;
    uint64_t *o = (uint64_t *)(string - 1);
    memcpy(buffer, o + 2, o[1]);
    int64_t value = strtoll(buffer, &end, (int)value_of(radix));
    return *end ? (result){text(p, "no integer"), 1} : (result){integer(p, value), 0};
}
SHIM(string_to_integer)

static void leave(process *p, uint64_t frame, uint64_t address) {
    function *f;
    int outer = 0;
    for (site *s; (s = walk(&frame, &address, &f, &outer)); address = ((uint64_t *)frame)[1], frame = *(uint64_t *)frame)
        if (s->landing_pad) {
            if (outer) outer_frame = 0;
            resume_at(p, frame - s->frame_size, frame, f->start + s->landing_pad);
        }
    printf("nobody catches\n"), exit(1);
}

void unwind_c(process *p, word home, word value, int64_t number) {
    p->home = home, p->value = value, p->exit = number;
    leave(p, p->exit_frame, p->exit_address);
}
SHIM(unwind)

void unwind_resume_c(process *p) {
    uint64_t *frame = (uint64_t *)p->exit_frame;
    leave(p, frame[0], frame[1]);
}
SHIM(unwind_resume)

/* A generator that runs its closure at once, on the same stack. */
result generator_resume_c(process *p, word closure) {
    outer_frame = p->exit_frame, outer_address = p->exit_address;
    result r = call_main(p, closure);
    outer_frame = 0;
    return r;
}
SHIM(generator_resume)

#define PANIC(entry, what)                                                                                  \
    void entry##_c(process *p, word w, uint64_t index) {                                                    \
        (void)w, printf("panic: " what " "), name((uint32_t)index), puts(""), trace(p), exit(1);            \
    }                                                                                                       \
    SHIM(entry)
PANIC(panic_cast, "expected") PANIC(panic_dispatch, "no method")
void panic_undefined_c(process *p, uint64_t index) { printf("panic: undefined "), name((uint32_t)index), puts(""), trace(p), exit(1); }
SHIM(panic_undefined)
SLOW(panic_undefined)
SLOW(panic_cast)
void write_barrier_c(process *p) { puts("panic: frozen"), trace(p), exit(1); }
SLOW(write_barrier)

/* For whole programs. */
word integer_to_string_c(process *p, word w, word radix) {
    char digits[160], *at = digits + sizeof digits;
    __int128 value = wide(w);
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    *--at = 0;
    do *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % value_of(radix)]; while (rest /= value_of(radix));
    if (value < 0) *--at = '-';
    return text(p, at);
}
SHIM(integer_to_string)

result stdout_write_string_c(process *p, word w) {
    uint64_t *o = (uint64_t *)(w - 1);
    uint64_t length = o[1];
    fwrite(o + 2, 1, length, stdout);
    return (result){length << 1, 0};
}
SHIM(stdout_write_string)

/* So that printing collects, see below. */
uint8_t inko_rt_stdout_takes(process *p, word w) { return (void)p, (void)w, 0; }

uint8_t process_set_blocking_c(process *p, uint8_t flag) { (void)flag, collect(p); return 0; }
SHIM(process_set_blocking)

uint8_t inko_rt_float_equals(process *p, double a, double b) { return (void)p, a == b; }
word float_to_integer_c(process *p, double d) { return integer(p, (__int128)d); }
SHIM(float_to_integer)

word inko_rt_string_length(process *p, word w) { return (void)p, ((uint64_t *)(w - 1))[1] << 1; }

uint8_t inko_rt_string_equals(process *p, word a, word b) {
    uint64_t *x = (uint64_t *)(a - 1), *y = (uint64_t *)(b - 1);
    return (void)p, x[1] == y[1] && memcmp(x + 2, y + 2, x[1]) == 0;
}

word float_to_string_c(process *p, double d) {
    char buffer[64];
    for (int digits = 1; digits < 18; digits++) {
        sprintf(buffer, "%.*g", digits, d);
        if (strtod(buffer, 0) == d) break;
    }
    if (!strpbrk(buffer, ".einf")) strcat(buffer, ".0");
    return text(p, buffer);
}
SHIM(float_to_string)

static void message(process *p, const char *kind, word w) {
    uint64_t *o = (uint64_t *)(w - 1);
    printf("%s: %.*s\n", kind, (int)((w & 7) == 1 && number(o[0]) == 3 ? o[1] : 0), (char *)(o + 2));
    trace(p), exit(1);
}
void panic_c(process *p, word w) { message(p, "panic", w); }
SHIM(panic)
void panic_uncaught_c(process *p, word w) { message(p, "uncaught", w); }
SHIM(panic_uncaught)

static void show(word w) {
    uint64_t *o = (uint64_t *)(w - 1), bits;
    double d;
    if ((w & 1) == 0) { printf("%" PRId64, (int64_t)w >> 1); return; }
    if (w == 3 || w == 11 || w == 19 || w == 27) { fputs(w == 3 ? "False" : w == 11 ? "True" : w == 19 ? "Nil" : "Undefined", stdout); return; }
    if ((w & 7) == 7) {
        bits = (w >> 4 | w << 60) - (0x380ull << 52), memcpy(&d, &bits, 8), printf("%g", d);
        return;
    }
    switch (number(o[0])) {
    case 1: printf("%s%" PRIu64 "n", (int64_t)o[1] < 0 ? "-" : "", o[2]); return;
    case 2: memcpy(&d, o + 1, 8), printf("%g boxed", d); return;
    case 3: printf("\"%.*s\"", (int)o[1], (char *)(o + 2)); return;
    case 6: {
        uint64_t *s = (uint64_t *)(o[2] - 1);
        printf("[");
        for (uint64_t i = 0; i < o[1]; i++) show(s[2 + i]), fputs(i + 1 < o[1] ? ", " : "", stdout);
        printf("]");
        return;
    }
    case 8: printf("block/%d", (int)(o[0] >> 8 & 0xff)); return;
    case 12: printf("class %" PRIu64, o[1]); return;
    default: {
        class *c = &inko_program.classes[number(o[0])];
        name(c->name), printf("(");
        for (uint32_t i = 0; i < c->fields; i++) {
            if (c->floats >> i & 1) memcpy(&d, o + 1 + i, 8), printf("%g", d); else show(o[1 + i]);
            fputs(i + 1 < c->fields ? ", " : "", stdout);
        }
        printf(")");
    }
    }
}

int main(int argc, char **argv) {
    static process p;
    collect_always = argc > 1 && strchr(argv[1], 'g') != 0;
    p.home = p.value = 19;
    if (argc > 1 && strchr(argv[1], 'p')) p.limit = UINT64_MAX;
    new_space(&p);
    limit(&p);
    result r = call_main(&p, inko_program.main);
    if (argc > 1 && strchr(argv[1], 'q')) return 0;
    show(r.value), puts(r.status ? " thrown" : "");
    if (argc > 1 && strchr(argv[1], 'c')) printf("slow %d polls %d collections %d\n", slow, polls, collections > 0);
}
