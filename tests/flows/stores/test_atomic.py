from flows.stores import atomic


def test_a_line_that_was_cut_off_is_no_line_and_spoils_none(tmp_path):
    path = tmp_path / "kept.jsonl"
    atomic.append_line(path, '{"a": 1}')
    path.write_bytes(path.read_bytes() + b'{"b": "\xe0')
    atomic.append_line(path, '{"c": 3}')
    assert atomic.lines(path) == ['{"a": 1}', '{"c": 3}']
    assert path.stat().st_mode & 0o077 == 0


def test_nothing_appended_is_no_lines(tmp_path):
    assert atomic.lines(tmp_path / "none.jsonl") == []
