"""
Python imports this first when its folder is in PYTHONPATH. The AWS CLI that is started with it imports its code once, and
then forks for each command, which takes a fifth of the time. Commands are started by the program `aws` that it writes.
"""
import functools
import gc
import importlib
import json
import os
import signal
import socket
import sys

CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({path!r})
command = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(server, [len(command).to_bytes(8, "big")], [0, 1, 2])
server.sendall(command)
answers = server.makefile()
pid = int(answers.readline())
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda sent, _: os.kill(pid, sent))
code = int(answers.readline())
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


def warm(cli):
    """Does what each command does first, and keeps what it reads of AWS's models."""
    from botocore.loaders import JSONFileLoader, Loader

    load, services = JSONFileLoader.load_file, Loader.list_available_services
    loaded = functools.cache(lambda path: load(JSONFileLoader(), path))
    listed = functools.cache(lambda paths, kind: services(Loader(extra_search_paths=list(paths)), kind))
    JSONFileLoader.load_file = lambda self, path: loaded(path)
    Loader.list_available_services = lambda self, type_name: listed(tuple(self.search_paths), type_name)
    session = cli.create_clidriver().session
    for service in ("apigateway", "cognito-idp", "lambda"):
        session.create_client(service, "eu-west-1", aws_access_key_id="-", aws_secret_access_key="-")
    gc.freeze()


def serve(main, folder, owner):
    """Returns in the process that was started, and in that of each command."""
    path, program = os.path.join(folder, "socket"), os.path.join(folder, "aws")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    with open(program, "w", opener=lambda name, flags: os.open(name, flags, 0o700)) as client:
        client.write(CLIENT.format(python=sys.executable, path=path))
    pid = os.fork()
    if pid > 0:
        print(pid)
        return 0
    os.setsid()
    for number in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening.settimeout(1)
    while True:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            os.kill(owner, 0)  # Raises when the test was killed.
            continue
        if os.fork() == 0:
            listening.close()
            return run(main, connection)
        connection.close()


def run(main, connection):
    """Runs the command in one more process, and tells the client how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection.setblocking(True)
    length, files, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        arguments, variables, folder = json.loads(stream.read(int.from_bytes(length, "big")))
    pid = os.fork()
    if pid > 0:
        connection.sendall(b"%d\n" % pid)
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)
    connection.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    importlib.reload(sys.modules["awscli"])  # It changes the variables when it is imported.
    sys.argv[1:] = arguments
    return main()


server = [os.environ.pop(name, "") for name in ("AWS_CLI_FOLDER", "AWS_CLI_OWNER")]
if all(server) and hasattr(socket, "send_fds"):
    try:
        import awscli.clidriver as cli
        import awscli.handlers
    except ImportError:
        pass
    else:
        warm(cli)
        cli.main = functools.partial(serve, cli.main, server[0], int(server[1]))
