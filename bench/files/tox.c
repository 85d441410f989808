/*
 * One file from one process to another by c-toxcore, over UDP on loopback; nothing is read from or written to a disk.
 *
 *   tox BYTES   prints the seconds from the receiver's yes to its last byte
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>
#include <tox/tox.h>

struct Meeting { uint8_t address[TOX_ADDRESS_SIZE]; uint8_t dht[TOX_PUBLIC_KEY_SIZE]; uint16_t port; };
struct End { uint64_t bytes; double started; int asked; int done; };

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static Tox *start(void)
{
    struct Tox_Options *options = tox_options_new(NULL);
    tox_options_set_ipv6_enabled(options, false);
    tox_options_set_local_discovery_enabled(options, false);
    Tox *tox = tox_new(options, NULL);
    tox_options_free(options);
    if (tox == NULL) { fprintf(stderr, "tox_new failed\n"); exit(1); }
    return tox;
}

static void meet(const Tox *tox, struct Meeting *own)
{
    tox_self_get_address(tox, own->address);
    tox_self_get_dht_id(tox, own->dht);
    own->port = tox_self_get_udp_port(tox, NULL);
}

/* While a file flows it rests for as long as was found to be quickest: 0, 0.2, 1 and 4 ms were tried. */
static void turn(Tox *tox, struct End *end)
{
    tox_iterate(tox, end);
    usleep(end->started == 0 ? tox_iteration_interval(tox) * 1000 : 1000);
}

static void on_chunk_request(Tox *tox, uint32_t friend_number, uint32_t file, uint64_t position, size_t length, void *data)
{
    static uint8_t piece[TOX_MAX_CUSTOM_PACKET_SIZE];
    struct End *end = data;
    if (end->started == 0) end->started = now();
    if (length == 0) end->done = 1;
    else tox_file_send_chunk(tox, friend_number, file, position, piece, length, NULL);
}

static void on_file(Tox *tox, uint32_t friend_number, uint32_t file, uint32_t kind, uint64_t bytes, const uint8_t *name, size_t length, void *data)
{
    (void)kind; (void)bytes; (void)name; (void)length;
    ((struct End *)data)->started = now();
    tox_file_control(tox, friend_number, file, TOX_FILE_CONTROL_RESUME, NULL);
}

static void on_chunk(Tox *tox, uint32_t friend_number, uint32_t file, uint64_t position, const uint8_t *piece, size_t length, void *data)
{
    (void)tox; (void)friend_number; (void)file; (void)position; (void)piece;
    if (length == 0) ((struct End *)data)->done = 1;
}

static int receive(int from, int to, uint64_t bytes)
{
    struct End end = { bytes, 0, 0, 0 };
    struct Meeting own, other;
    Tox *tox = start();
    meet(tox, &own);
    if (write(to, &own, sizeof own) != sizeof own || read(from, &other, sizeof other) != sizeof other) return 1;
    tox_friend_add_norequest(tox, other.address, NULL);
    tox_bootstrap(tox, "127.0.0.1", other.port, other.dht, NULL);
    tox_callback_file_recv(tox, on_file);
    tox_callback_file_recv_chunk(tox, on_chunk);
    while (!end.done) turn(tox, &end);
    printf("%.3f\n", now() - end.started);
    fflush(stdout);
    tox_kill(tox);
    return 0;
}

static int send_file(int from, int to, uint64_t bytes)
{
    struct End end = { bytes, 0, 0, 0 };
    struct Meeting own, other;
    Tox *tox = start();
    meet(tox, &own);
    if (write(to, &own, sizeof own) != sizeof own || read(from, &other, sizeof other) != sizeof other) return 1;
    uint32_t friend_number = tox_friend_add_norequest(tox, other.address, NULL);
    tox_bootstrap(tox, "127.0.0.1", other.port, other.dht, NULL);
    tox_callback_file_chunk_request(tox, on_chunk_request);
    while (!end.done) {
        turn(tox, &end);
        if (!end.asked && tox_friend_get_connection_status(tox, friend_number, NULL) != TOX_CONNECTION_NONE) {
            end.asked = 1;
            tox_file_send(tox, friend_number, TOX_FILE_KIND_DATA, bytes, NULL, (const uint8_t *)"file", 4, NULL);
        }
    }
    tox_kill(tox);
    return 0;
}

int main(int argc, char **argv)
{
    int there[2], back[2];
    if (argc != 2 || pipe(there) != 0 || pipe(back) != 0) return 2;
    uint64_t bytes = strtoull(argv[1], NULL, 10);
    pid_t sender = fork();
    if (sender == 0) return send_file(there[0], back[1], bytes);
    int status = receive(back[0], there[1], bytes);
    kill(sender, SIGKILL);
    waitpid(sender, NULL, 0);
    return status;
}
