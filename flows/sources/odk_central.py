"""tbd"""


def pull(source, form, folder, landing):
    raise NotImplementedError
