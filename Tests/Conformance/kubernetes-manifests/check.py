"""check.py FOLDER: manifests must have only fields of their definitions, of the right kind, and pods that can start.

The fields are those of jobset.x-k8s.io/v1alpha2, kubeflow.org/v1 and of core/v1 as far as exports use them.
"""

import pathlib
import re
import subprocess
import sys

import yaml

LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
ENVIRONMENT = {"name": str, "valueFrom": {"fieldRef": {"fieldPath": str}}}
CONTAINER = {
    "name": str, "image": str, "command": [str], "args": [str], "env": [ENVIRONMENT], "ports": [{"containerPort": int, "name": str}],
    "resources": {"limits": {"nvidia.com/gpu": int, "amd.com/gpu": int}}, "volumeMounts": [{"name": str, "mountPath": str}],
}
EXPRESSION = {"key": str, "operator": str, "values": [str]}
TERMS = {"nodeSelectorTerms": [{"matchExpressions": [EXPRESSION]}]}
POD = {
    "restartPolicy": str, "hostNetwork": bool, "dnsPolicy": str, "containers": [CONTAINER],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": TERMS}},
    "volumes": [{"name": str, "emptyDir": {"medium": str}}],
}
JOB = {"parallelism": int, "completions": int, "completionMode": str, "backoffLimit": int, "template": {"spec": POD}}
REPLICA = {"replicas": int, "restartPolicy": str, "template": {"spec": POD}}
KINDS = {
    "jobset.x-k8s.io/v1alpha2": {
        "apiVersion": str, "kind": str, "metadata": {"name": str},
        "spec": {
            "network": {"enableDNSHostnames": bool}, "failurePolicy": {"maxRestarts": int},
            "replicatedJobs": [{"name": str, "replicas": int, "template": {"spec": JOB}}],
        },
    },
    "kubeflow.org/v1": {
        "apiVersion": str, "kind": str, "metadata": {"name": str},
        "spec": {"nprocPerNode": str, "runPolicy": {"cleanPodPolicy": str}, "pytorchReplicaSpecs": {"Master": REPLICA, "Worker": REPLICA}},
    },
}


def fit(value, shape, path):
    """Complains about the first value that its definition does not allow."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{path} is no mapping"
        for key in value:
            assert key in shape, f"{path} has no field {key}"
            fit(value[key], shape[key], f"{path}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list) and value, f"{path} is no list of anything"
        for item in value:
            fit(item, shape[0], f"{path}[]")
    else:
        assert isinstance(value, shape) and not (shape is int and isinstance(value, bool)), f"{path} is no {shape.__name__}"


def pods(document):
    if document["kind"] == "JobSet":
        return [job["template"]["spec"]["template"]["spec"] for job in document["spec"]["replicatedJobs"]]
    return [replica["template"]["spec"] for replica in document["spec"]["pytorchReplicaSpecs"].values()]


failed = False
files = sorted(pathlib.Path(sys.argv[1]).glob("*/*job*.yaml"))
for file in files:
    try:
        document = yaml.safe_load(file.read_text())
        fit(document, KINDS[document["apiVersion"]], document["kind"])
        assert LABEL.match(document["metadata"]["name"]), "the name is no DNS label"
        for pod in pods(document):
            container = pod["containers"][0]
            assert document["kind"] != "PyTorchJob" or container["name"] == "pytorch", "the operator looks for a container named pytorch"
            assert {m["name"] for m in container["volumeMounts"]} == {v["name"] for v in pod["volumes"]}, "a volume is missing"
            shell = subprocess.run(["bash", "-n", "-c", container["command"][2]], capture_output=True, text=True)
            assert shell.returncode == 0, shell.stderr
        print(f"ok {file}")
    except (AssertionError, KeyError) as error:
        failed = True
        print(f"FAILED {file}: {error}")
sys.exit(1 if failed or not files else 0)
