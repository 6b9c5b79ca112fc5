#!/usr/bin/python3
"""Many maps by one command: the list, rows that fail, rows that were done, a kill in the middle, the joining of folders. Tables and page are read
back by Python's csv and an XML parser and held against the JSON that each step wrote on its own."""
import csv
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import archive
from cli import PROGRAM, cli, refused, write_helix
from tap import Skip, close, collect, equal, run

FOLDER = tempfile.TemporaryDirectory()
EPOCHS = ("--epochs", "10")


def path(*parts):
    return os.path.join(FOLDER.name, *parts)


def write(name, text):
    with open(path(name), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path(name)


def load(*parts):
    with open(path(*parts), encoding="utf-8") as file:
        return json.load(file)


def table(folder):
    with open(path(folder, "batch.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def page(folder):
    with open(path(folder, "batch.html"), encoding="utf-8") as file:
        text = file.read()
    assert "<script" not in text
    return xml.etree.ElementTree.fromstring(text.split("\n", 1)[1])


def words(element):
    return " ".join("".join(element.itertext()).split())


def prepare():
    write_helix(path("helix.pdb"))
    write_helix(path("other helix.pdb"), 6)
    cli("simulate", path("helix.pdb"), "-o", path("a.mrc"), "--resolution", 3, "--spacing", 1)
    cli("simulate", path("helix.pdb"), "-o", path("b.mrc"), "--resolution", 2.5, "--spacing", 1)
    write("list.csv", '\ufeff# a comment\r\nmap,model,Resolution,others,contour\r\n\r\na.mrc, helix.pdb ,3,other helix.pdb,\r\n'
                      '"b.mrc",helix.pdb,,,0.8\r\nhelix.pdb,,,,\r\n')


def test_a_list_is_worked_off_and_a_row_that_fails_leaves_the_others_alone():
    prepare()
    done = cli("batch", path("list.csv"), "-o", path("out"), *EPOCHS, status=1)
    assert "1 of 3 rows failed" in done.stderr, done.stderr
    rows = table("out")
    equal([row["status"] for row in rows], ["done", "done", "failed"])
    assert "looks like a model" in rows[2]["error"], rows[2]
    equal([(row["failed_step"], row["exit_status"]) for row in rows], [("", ""), ("", ""), ("run", "3")])
    equal(load("out", "rows", "0003-helix.pdb", "row.json")["failed"], {"step": "run", "exit_status": 3})
    assert "failed" not in load("out", "rows", "0001-a", "row.json")
    equal(sorted(os.listdir(path("out", "rows"))), ["0001-a", "0002-b", "0003-helix.pdb"])


def test_the_table_says_what_each_step_wrote():
    for name, row in zip(("0001-a/a", "0002-b/b"), table("out")):
        compared, neural = load("out", "rows", name + ".compare.json"), path("out", "rows", name + ".neural.safetensors")
        for key, value in (("ca_total", compared["ca"]["total"]), ("ca_coverage", compared["ca"]["coverage"]), ("ca_rmsd", compared["ca"]["rmsd"]),
                           ("precision", compared["nodes"]["precision"]), ("null_coverage", compared["null"]["coverage"]),
                           ("atoms_nodes", compared["atoms"]["nodes"]), ("neural_bytes", os.path.getsize(neural))):
            assert value is not None, (name, key)
            close(float(row[key]), value, 1e-8 * max(1, abs(value)), f"{name} {key}")
        with open(path("out", "rows", name + ".graphml"), encoding="utf-8") as file:
            equal(int(row["nodes"]), file.read().count("<node "), name)
        assert int(row["ca_matched"]) > 0, row
    equal([row["resolution"] for row in table("out")], ["3", "", ""])
    equal([row["contour"] for row in table("out")], ["", "0.8", ""])
    close(float(table("out")[1]["level_file"]), 0.8, 1e-6, "the level is the contour")


def test_the_page_has_the_rows_their_reports_and_the_means():
    root = page("out")
    space = "{http://www.w3.org/1999/xhtml}"
    links = [a.get("href") for a in root.iter(space + "a")]
    equal(sorted(set(links)), ["rows/0001-a/a.report.html", "rows/0002-b/b.report.html"])
    for link in links:
        assert os.path.exists(path("out", link)), link
    assert "helix.pdb , failed" in words(root) or "helix.pdb, failed" in words(root), words(root)[:600]
    means = [words(tr) for tr in root.iter(space + "tr") if words(tr).startswith("mean")]
    coverage = [float(row["ca_coverage"]) for row in table("out") if row["ca_coverage"]]
    assert f"{100 * sum(coverage) / len(coverage):.1f}" in means[0], means
    assert len(list(root.iter("{http://www.w3.org/2000/svg}svg"))) >= 4
    assert "Atoms, within" not in words(root), "atoms are compared at 2 A and better"


def pdf_words(folder):
    """What pdftotext reads, one line."""
    return " ".join(subprocess.run(["pdftotext", "-layout", path(folder, "batch.pdf"), "-"], capture_output=True, text=True, check=True).stdout.split())


def test_the_pdf_says_what_the_page_says():
    if not shutil.which("pdftotext"):
        raise Skip("pdftotext is not installed")
    space, text = "{http://www.w3.org/1999/xhtml}", pdf_words("out")
    cells = [words(td) for td in page("out").iter(space + "td")]
    assert len(cells) > 20, cells
    for cell in cells:
        assert cell in text, (cell, text)
    for title in (words(h2) for h2 in page("out").iter(space + "h2")):
        assert title in text, title
    assert "Row 3, helix.pdb, failed" in text, text[:300]
    drawn = subprocess.run(["pdfimages", "-list", path("out", "batch.pdf")], capture_output=True, text=True, check=True).stdout
    equal(len(drawn.splitlines()), 2, "plots are lines, not pictures")


def test_means_are_of_the_published_classes():
    """Rows whose JSON is written here: 1.2 and 1.4 A against 2.5 and 3.5 A."""
    for number, (resolution, coverage) in enumerate(((1.2, 0.9), (1.4, 0.7), (2.5, 0.5), (3.5, 0.3)), 1):
        os.makedirs(path("classes", "rows", f"000{number}-x"))
        write(os.path.join("classes", "rows", f"000{number}-x", "row.json"), json.dumps({
            "kind": "maps", "preset": "default", "epochs": 0, "status": "done", "folder": f"000{number}-x", "seconds": 1,
            "request": {"row": number, "map": f"x{number}.mrc", "model": "x.pdb", "resolution": resolution, "contour": None, "others": []},
            "run": {"resolution": resolution, "comparison": {"ca": {"total": 10, "coverage": coverage}, "atoms": {"total": 80, "coverage": coverage / 2}}}}))
    cli("merge-batch", path("classes"), "-o", path("joined"))
    lines = {words(tr).split(" x.pdb")[0]: words(tr) for tr in page("joined").iter("{http://www.w3.org/1999/xhtml}tr")}
    mean = {name: next(line for line in lines if line.startswith(name)) for name in ("mean of those", "mean at 1.6", "mean of the coarser")}
    assert "60.0" in mean["mean of those"] and "80.0" in mean["mean at 1.6"] and "40.0" in mean["mean of the coarser"], mean
    assert any(line.startswith("x1.mrc") and "45.0" in line for line in lines) and not any(line.startswith("x3.mrc") and "25.0" in line for line in lines), lines


def test_a_table_of_many_pages_has_its_head_on_each():
    if not shutil.which("pdftotext"):
        raise Skip("pdftotext is not installed")
    for number in range(1, 116):  # as many as were published
        name = f"{number:04}-held"
        os.makedirs(path("held", "rows", name))
        write(os.path.join("held", "rows", name, "row.json"), json.dumps({
            "kind": "maps", "preset": "default", "epochs": 0, "status": "done", "folder": name, "seconds": 1,
            "request": {"row": number, "map": f"held{number}.mrc", "model": "x.pdb", "resolution": 3, "contour": None, "others": []},
            "run": {"resolution": 3, "comparison": {"ca": {"total": 10, "coverage": 0.5}}}}))
    cli("merge-batch", path("held"), "-o", path("long"))
    text = subprocess.run(["pdftotext", "-layout", path("long", "batch.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    pages = [page for page in text.split("\f") if "held" in page]
    assert len(pages) >= 3 and sum(page.count("held") for page in pages) >= 115, len(pages)
    for page in pages:
        above = page[:page.index("held")]
        assert "RMSD" in above and "precision," in above, page[:600]


def test_other_models_are_compared_in_the_same_way():
    summary = load("out", "rows", "0001-a", "row.json")
    equal(len(summary["others"]), 1)
    other = summary["others"][0]
    equal(other["model"], path("other helix.pdb"))
    equal(other["ca"]["matched"], 6, "its C-alphas stand where those of the model do")
    close(other["ca"]["rmsd"], 0, 1e-3)


def test_resume_keeps_what_is_done_and_only_that():
    before = {name: os.stat(name).st_mtime_ns for name in glob.glob(path("out", "rows", "000[12]*", "*"))}
    done = cli("batch", path("list.csv"), "-o", path("out"), *EPOCHS, "--resume", "--progress", "json", status=1)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    equal([(line["row"], line["status"], line["kept"]) for line in lines if "status" in line],
          [(1, "done", True), (2, "done", True), (3, "failed", False)])
    equal(lines[-1]["failed"], {"step": "run", "exit_status": 3})
    equal({name: os.stat(name).st_mtime_ns for name in before}, before, "files of rows that were done")
    write("changed.csv", "map,model,resolution\nb.mrc,helix.pdb,3\n")
    shutil.copytree(path("out", "rows", "0002-b"), path("changed", "rows", "0001-b"))
    equal(load("changed", "rows", "0001-b", "row.json")["request"]["contour"], 0.8)
    done = cli("batch", path("changed.csv"), "-o", path("changed"), *EPOCHS, "--resume", "--progress", "json")
    last = json.loads(done.stdout.splitlines()[-1])
    equal((last["status"], last["kept"]), ("done", False), "another request is done anew")


def test_a_kill_in_the_middle_is_gone_on_from():
    argv = [PROGRAM, "batch", path("list.csv"), "-o", path("killed"), "--epochs", "60", "--rows", "2", "--progress", "json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if json.loads(line).get("epoch", 0) >= 2:
                break
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=60)
    equal(process.returncode, 1, stderr)
    assert "--resume" in stderr, stderr
    for _ in range(100):
        left = subprocess.run(["pgrep", "-f", path("killed")], capture_output=True, text=True, check=False).stdout
        if not left:
            break
        time.sleep(0.1)
    equal(left, "", "no program of a row outlives the batch")
    done = cli("batch", path("list.csv"), "-o", path("killed"), "--epochs", "60", "--rows", "2-2", "--resume")
    equal([(row["row"], row["status"]) for row in table("killed")], [("2", "done")], done.stderr)


def test_rows_of_several_folders_are_joined():
    for part, row in (("part1", "0001-a"), ("part2", "0002-b")):
        shutil.copytree(path("out", "rows", row), path(part, "rows", row))
    cli("merge-batch", path("part1"), path("part2"), "-o", path("all"))
    equal([row["row"] for row in table("all")], ["1", "2"])
    for a, b in zip(table("all"), table("out")):
        for key in ("ca_coverage", "nodes", "level_file", "loss"):
            equal(a[key], b[key], key)
    for link in [a.get("href") for a in page("all").iter("{http://www.w3.org/1999/xhtml}a")]:
        assert os.path.exists(path("all", link)), link
    refused("merge-batch", path("part1"), path("nothing"), "-o", path("all2"), status=3, has=("nothing",))
    refused("merge-batch", path("part1"), path("part1"), "-o", path("all3"), status=3, has=("0001-a", "each row once"))


def test_the_interpolation_experiment_of_a_list():
    write("models.csv", "model,resolution\nhelix.pdb,2.5\nhelix.pdb,3.5\n")
    cli("batch", path("models.csv"), "-o", path("simulated"), "--simulate", *EPOCHS)
    rows = table("simulated")
    equal([float(row["resolution"]) for row in rows], [2.5, 3.5])
    for row in rows:
        assert 0 < float(row["tricubic_mae"]) < float(row["trilinear_mae"]) < 0.2, row
        assert float(row["neural_mae"]) > 0 and float(row["neural_gradient_mae"]) > 0, row
    alone = json.loads(cli("interpolate", path("helix.pdb"), "--resolution", "2.5", *EPOCHS, "--json").stdout)
    close(float(rows[0]["tricubic_mae"]), alone["tricubic"]["density"]["mae"], 1e-9)
    assert "mean absolute error" in words(page("simulated")).lower()


def test_what_cannot_be_a_list_is_refused():
    for name, text, has in (
            ("empty.csv", "\n# nothing\n", ("empty",)),
            ("heading.csv", "map,modle\na.mrc,\n", ("heading 2", "modle")),
            ("twice.csv", "map,map\na.mrc,a.mrc\n", ("heading 2", "each once")),
            ("none.csv", "model\nhelix.pdb\n", ("no column map",)),
            ("rows.csv", "map,model\n", ("no rows",)),
            ("cells.csv", "map,model\na.mrc,helix.pdb\na.mrc\n", ("line 3", "1 cells, needs 2")),
            ("quote.csv", 'map,model\n"a.mrc,helix.pdb\n', ("line 2", "quote")),
            ("after.csv", 'map,model\n"a.mrc"x,helix.pdb\n', ("line 2", "closing quote")),
            ("missing.csv", "map\nnothing.mrc\n", ("line 2", "nothing.mrc")),
            ("number.csv", "map,resolution\na.mrc,-3\n", ("line 2", "resolution is -3", "above 0")),
            ("contour.csv", "map,contour\na.mrc,high\n", ("line 2", "contour is high"))):
        refused("batch", write(name, text), "-o", path("never"), status=3, has=has)
    assert not os.path.exists(path("never"))
    for arguments in (("--rows", "0-1"), ("--rows", "2-9"), ("--rows", "a"), ("--preset", "best"), ("--jobs", "0")):
        refused("batch", path("list.csv"), "-o", path("never"), *arguments, status=2, has=(arguments[0],))


def test_entries_of_an_archive():
    server = archive.Archive()
    try:
        server.add("12345", "9XYZ", contour=0.9)
        done = cli("batch", write("entries.csv", "map,model\nEMD-12345,\nEMD-99999,9XYZ\n"), "-o", path("entries"), *EPOCHS, "--host", server.host,
                   "--pdb-host", server.pdb_host, status=1, env={**os.environ, "XDG_CACHE_HOME": path("cache")})
    finally:
        server.close()
    rows = table("entries")
    equal([row["status"] for row in rows], ["done", "failed"], done.stderr)
    assert "EMD-99999" in rows[1]["error"], rows[1]
    equal((rows[1]["failed_step"], rows[1]["exit_status"]), ("fetch", "1"))
    equal((rows[0]["contour"], rows[0]["resolution"], rows[0]["ca_total"]), ("0.9", "2.5", "8"), "header and fitted model of the entry")


ATOMIC = [("EMD-11669", "7A6B"), ("EMD-22657", ""), ("EMD-11121", "6Z9E"), ("EMD-11668", "7A6A"), ("EMD-11638", "7A4M"), ("EMD-11103", "6Z6U")]


def test_the_list_of_atomic_maps_comes_with_the_program():
    refused("batch", "atomic.csv", "-o", path("never"), "--rows", "7", status=2, has=("--rows is 7", "B <= 6"))
    refused("batch", path("atomic.csv"), "-o", path("never"), status=3, has=("atomic.csv",))
    asked = []
    server = archive.Archive()
    try:
        for number, (entry, model) in enumerate(ATOMIC, 1):
            server.add(entry[4:], model or "9XYZ", contour=0.9)
        # the second has no model in the list: the header's is taken
        cli("batch", "atomic.csv", "-o", path("atomic"), "--epochs", "1", "--rows", "1-2", "--host", server.host, "--pdb-host", server.pdb_host,
            env={**os.environ, "XDG_CACHE_HOME": path("cache atomic")})
        asked = [address for address, _, _ in server.asked]
    finally:
        server.close()
    summaries = [load("atomic", "rows", f"000{row}-{ATOMIC[row - 1][0]}", "row.json") for row in (1, 2)]
    equal([(s["request"]["map"], s["request"]["model"] or "") for s in summaries], ATOMIC[:2])
    for model in ("7A6B", "9XYZ"):
        assert any(model in address for address in asked), (model, asked)
    equal([row["ca_total"] for row in table("atomic")], ["8", "8"])
    # a file of that name in the working folder is the one that counts
    os.makedirs(path("mine"))
    write("mine/atomic.csv", "map\nEMD-12345\n")
    done = cli("batch", "atomic.csv", "-o", path("never"), "--rows", "2", status=2, cwd=path("mine"))
    assert "B <= 1" in done.stderr, done.stderr


def test_each_row_of_it_is_an_entry():
    """Read from the source as it is, beside the program's own reading in the test above."""
    with open(os.environ["CRYOFIELD_LISTS"] + "/atomic.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    equal([(row["map"], row["model"]) for row in rows], ATOMIC)


run(collect(globals()))
