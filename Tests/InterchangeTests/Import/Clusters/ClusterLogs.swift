/// Logs in the grammar of the tools, written for these tests.
enum ClusterLogs {
    static let allReduce = """
        Job 4711 starts; SECRET_TOKEN=abc123 user=alice
        # nccl-tests version 2.17.6 nccl-headers=22800 nccl-library=22800
        # Collective test starting: all_reduce_perf
        # nThread 1 nGpus 1 minBytes 1048576 maxBytes 4194304 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 validation: 1 graph: 0
        #
        # Using devices
        #  Rank  0 Group  0 Pid  12001 on      nodea device  0 [0000:0f:00] NVIDIA H100 80GB HBM3
        #  Rank  1 Group  0 Pid  12002 on      nodea device  1 [0000:2d:00] NVIDIA H100 80GB HBM3
        #  Rank  2 Group  0 Pid  22001 on      nodeb device  0 [0000:0f:00] NVIDIA H100 80GB HBM3
        #  Rank  3 Group  0 Pid  22002 on      nodeb device  1 [0000:2d:00] NVIDIA H100 80GB HBM3
        nodea:12001:12001 [0] NCCL INFO Bootstrap : Using eth0:10.0.0.7<0>
        #
        #                                                              out-of-place                       in-place
        #       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong
        #        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)
                   0             0     float     sum      -1     4.21    0.00    0.00      0     4.18    0.00    0.00      0
                   0             0     float     sum      -1     4.20    0.00    0.00      0     4.19    0.00    0.00      0
             1048576        262144     float     sum      -1    60.00   17.48   26.21      0    61.00   17.19   25.78      0
             2097152        524288     float     sum      -1    80.00   26.21   39.32      0    81.00   25.89   38.84    N/A
             4194304       1048576     float     sum      -1   120.00   34.95   52.43      0   121.00   34.66   52.00      0
        # Out of bounds values : 0 OK
        # Avg bus bandwidth    : 29.4
        #
        # Collective test concluded: all_reduce_perf
        """

    /// As versions before 2.11 print it under Open MPI: no root, `error` for `#wrong`, no name of the test.
    static let old = """
        [1,0]<stdout>:# nThread: 1 nGpus: 1 minBytes: 8 maxBytes: 16 step: 2(factor) warmup iters: 5 iters: 20 validation: 1
        [1,0]<stdout>:#
        [1,0]<stdout>:#                                             out-of-place                       in-place
        [1,0]<stdout>:#       size         count    type   redop     time   algbw   busbw  error     time   algbw   busbw  error
        [1,0]<stdout>:      1048576        262144   float             90.0   11.65   20.39  1e-06     90.0   11.65   20.39  1e-06
        [1,0]<stdout>:     16777216       4194304   float     sum    400.0   41.94   73.40  0e+00    401.0   41.84   73.22  0e+00
        """

    /// `-I 1` with time stamps, and one row cut by the end of the job.
    static let perIteration = """
        + srun ./build/all_gather_perf -b 1M -e 2M -f 2 -I 1
        # nThread 1 nGpus 1 minBytes 1048576 maxBytes 2097152 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 validation: 0 graph: 0
        #  Rank  0 Group  0 Pid      1 on n1 device  0 [0x07] NVIDIA A100
        #  Rank  1 Group  0 Pid      2 on n1 device  1 [0x0a] NVIDIA A100
             1048576         65536     float    none      -1    50.00   20.97   10.49    N/A    48.00    55.00    54.00     3.10    51.00   20.56   10.28    N/A    48.00    55.00    54.00     3.10  2025-01-31 10:00:00
             2097152        131072     float    none      -1    90.00   23.30
        """

    /// Two nodes, every GPU of the one paired with its like on the other, then a pair inside a node.
    static let pairs = """
        # Collective test starting: sendrecv_perf
        # nThread 1 nGpus 1 minBytes 67108864 maxBytes 67108864 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 validation: 0 graph: 0
        #  Rank  0 Group  0 Pid  1 on  nodea device  0 [0x0f] H100
        #  Rank  1 Group  1 Pid  2 on  nodea device  1 [0x2d] H100
        #  Rank  2 Group  0 Pid  3 on  nodeb device  0 [0x0f] H100
        #  Rank  3 Group  1 Pid  4 on  nodeb device  1 [0x2d] H100
            67108864      16777216     float     sum      -1   1342.2   50.00   50.00    N/A   1400.0   47.93   47.93    N/A
        # Collective test concluded: sendrecv_perf
        # Collective test starting: sendrecv_perf
        # nThread 1 nGpus 2 minBytes 67108864 maxBytes 67108864 step: 2(factor) warmup iters: 5 iters: 20 agg iters: 1 validation: 0 graph: 0
        #  Rank  0 Group  0 Pid  1 on  nodea device  0 [0x0f] H100
        #  Rank  1 Group  0 Pid  1 on  nodea device  1 [0x2d] H100
            67108864      16777216     float     sum      -1   223.70  300.00  300.00    N/A   230.00  291.78  291.78    N/A
        """

    static let json = """
        {"version":2,"start_time":"2025-03-04 05:06:07","args":["./all_reduce_perf","-J","/home/alice/x.json"],
        "env":["HOME=\\/home\\/alice","AWS_SECRET_ACCESS_KEY=topsecret","LS_COLORS=\\"x\\""],"nccl_version":22800,
        "config":{"nthreads":1,"ngpus":1,"blocking_collectives":"false","devices":[
        {"rank":0,"group":0,"pid":1,"hostname":"nodea","device":0,"device_hex":"0000:0f:00","device_info":"NVIDIA H100"},
        {"rank":1,"group":0,"pid":2,"hostname":"nodea","device":1,"device_hex":"0000:2d:00","device_info":"NVIDIA H100"}]},
        "results":[
        {"size":1048576,"count":262144,"type":"float","redop":"sum","root":"    -1","out_of_place":{"time":30.5,"alg_bw":34.38,"bus_bw":34.38,"nwrong":0.0},"in_place":{"time":31.0,"alg_bw":33.8,"bus_bw":33.8,"nwrong":null},"actual_iterations":20,"experiment_name":"all_reduce_perf"},
        {"size":2097152,"count":524288,"type":"float","redop":"sum","root":"    -1","out_of_place":null,"in_place":{"time":41.0,"alg_bw":51.2,"bus_bw":51.2,"nwrong":0.0},"actual_iterations":20,"experiment_name":"all_reduce_perf"},
        {"size":4194304,"count":1048576,"type":"float","redop":"sum","root":"    -1","out_of_place":{"time":"nan","alg_bw":"nan","bus_bw":"nan","nwrong":null},"in_place":{"time":"nan","alg_bw":"nan","bus_bw":"nan","nwrong":null},"experiment_name":"all_reduce_perf"}],
        "out_of_bounds":{"count":0,"okay":"true"},"average_bus_bandwidth":{"bandwidth":40.0,"okay":"unchecked"},"errors":[]}
        """

    static let mpiGraph = """
        START mpiGraph v1.5
        MsgSize\t1048576
        Procs\t3

        1 of 3 (33.3%)
        2 of 3 (66.7%)
        Gathering results

        Send max\t12000.000000
        Send avg\t11000.000000

        Send\tn1:0\tn2:1\tn3:2\t
        n1:0 to\t0.000\t12000.000\t11000.000\t
        n2:1 to\t10000.000\t0.000\t9000.000\t
        n3:2 to\t8000.000\t7000.000\t0.000\t

        Recv\tn1:0\tn2:1\tn3:2\t
        n1:0 from\t0.000\t10001.000\t8001.000\t
        n2:1 from\t12001.000\t0.000\t7001.000\t
        n3:2 from\t11001.000\t9001.000\t0.000\t
        END mpiGraph
        """

    static let mpiGraphRanks = """
        Send\ta:0\ta:1\tb:2\tb:3
        a:0 to\t0.00\t90000.00\t23000.00\t15000.00
        a:1 to\t90000.00\t0.00\t15000.00\t24000.00
        b:2 to\t22000.00\t15000.00\t0.00\t90000.00
        b:3 to\t15000.00\t23000.00\t90000.00\t0.00
        """

    static let pipette = """
        {"0": {"gpus": ["a", "b"], "bandwidth": [["19368.4", "100"], [200, 3]]},
         "1": {"gpus": ["a", "b"], "bandwidth": [["19368.4", "16716.9"], [19060.6, 19258.4]]}}
        """

    static let smi = """
        \t\u{1B}[4mGPU0\tGPU1\tGPU2\tGPU3\tNIC0\tCPU Affinity\tNUMA Affinity\u{1B}[0m
        GPU0\t X \tNV12\tNV12\tSYS\tPXB\t0-31\t0
        GPU1\tNV12\t X \tNV12\tNV12\tPXB\t0-31\t0
        GPU2\tNV12\tNV12\t X \tNV12\tSYS\t32-63\t1
        GPU3\tSYS\tNV12\tNV12\t X \tSYS\t32-63\t1
        NIC0\tPXB\tPXB\tSYS\tSYS\t X

        Legend:
          X    = Self
        NIC Legend:
          NIC0: mlx5_0
        """

    static let slurm = """
        # two leaves under a spine
        SwitchName=leaf0 Nodes=n[001-002],gpu-x[3,5] LinkSpeed=400
        switchname=leaf1 \\
            nodes=n[003-006]
        SwitchName=spine Switches=leaf[0-1]
        """

    static let slurmYAML = """
        - topology: ignored
          cluster_default: false
          flat: true
        - topology: main
          cluster_default: true
          tree:
            switches:
              - switch: root
                children: s[1-2]
              - switch: s1
                nodes: node[01-02]
              - switch: s2
                nodes: node[03-04]
        """

    static let perftest = """
        ---------------------------------------------------------------------------------------
                            RDMA_Write BW Test
         Dual-port       : OFF\t\tDevice         : mlx5_0
         Link type       : IB
         local address: LID 0x14 QPN 0x0048 PSN 0x9e3a85 RKey 0x1fff00 VAddr 0x007f2c1c000000
        ---------------------------------------------------------------------------------------
         #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]
         65536      5000             46000.00            45000.00\t\t   0.720000
         8388608    5000             46500.00            46000.00\t\t   0.005750
        ---------------------------------------------------------------------------------------
        """

    static let osu = """
        # OSU MPI-CUDA Bandwidth Test v7.1
        # Datatype: MPI_CHAR.
        # Size      Bandwidth (MB/s)
        1                       2.54
        1048576             21000.00
        4194304             24000.50

        # OSU MPI-CUDA Allgather Latency Test v7.1
        # Size       Avg Latency(us)
        1024                   20.50
        2048                   25.00
        """

    static let ibnetdiscover = """
        #
        # Topology file: generated on Thu Mar  7 10:11:12 2024
        #
        vendid=0x2c9
        switchguid=0x1(1)
        Switch\t41 "S-0000000000000001"\t\t# "MF0;leaf01:MQM9700/U1" enhanced port 0 lid 12 lmc 0
        [1]\t"H-00000000000000a1"[1](a1) \t\t# "n1 mlx5_0" lid 21 4xNDR
        [2]\t"H-00000000000000b1"[1](b1) \t\t# "n2 mlx5_0" lid 22 4xNDR
        [33]\t"S-0000000000000009"[1]\t\t# "MF0;spine01:MQM9700/U1" lid 3 4xNDR

        Switch\t41 "S-0000000000000002"\t\t# "MF0;leaf02:MQM9700/U1" enhanced port 0 lid 13 lmc 0
        [1]\t"H-00000000000000c1"[1](c1) \t\t# "n3 mlx5_0" lid 23 4xNDR
        [33]\t"S-0000000000000009"[2]\t\t# "MF0;spine01:MQM9700/U1" lid 3 4xNDR

        Switch\t41 "S-0000000000000009"\t\t# "MF0;spine01:MQM9700/U1" enhanced port 0 lid 3 lmc 0
        [1]\t"S-0000000000000001"[33]\t\t# "MF0;leaf01:MQM9700/U1" lid 12 4xNDR
        [2]\t"S-0000000000000002"[33]\t\t# "MF0;leaf02:MQM9700/U1" lid 13 4xNDR

        Ca\t1 "H-00000000000000a1"\t\t# "n1 mlx5_0"
        [1](a1) \t"S-0000000000000001"[1]\t\t# lid 21 lmc 0 "MF0;leaf01:MQM9700/U1" lid 12 4xNDR
        """

    static let ibnetdiscoverDevices = """
        Switch\t65 "S-0000000000000010"\t\t# "MF0;leaf01:MQM8700/U1" enhanced port 0 lid 73 lmc 0
        [1]\t"H-00000000000000a1"[1](a1) \t\t# "mlx5_0" lid 21 4xHDR
        [2]\t"H-00000000000000a2"[1](a2) \t\t# "mlx5_1" lid 22 4xHDR
        [3]\t"H-00000000000000a3"[1](a3) \t\t# "mlx5_0" lid 23 4xHDR
        [4]\t"H-00000000000000a4"[1](a4) \t\t# "mlx5_1" lid 24 4xHDR
        """

    static let ncclXML = """
        <?xml version="1.0"?>
        <system version="1">
          <cpu host_hash="0xdeadbeef" numaid="0" affinity="ffff" arch="x86_64" vendor="GenuineIntel">
            <pci busid="0000:0f:00.0" class="0x030200" link_speed="32.0 GT/s PCIe" link_width="16">
              <gpu dev="0" sm="90" rank="0" gdr="1">
                <nvlink target="0000:05:00.0" count="9" tclass="0x068000"/>
                <nvlink target="0000:06:00.0" count="9" tclass="0x068000"/>
              </gpu>
            </pci>
            <pci busid="0000:2d:00.0" class="0x030200">
              <gpu dev="1" sm="90" rank="1" gdr="1">
                <nvlink target="0000:05:00.0" count="17" tclass="0x068000"/>
              </gpu>
            </pci>
            <!-- a comment with <tags> -->
            <nic>
              <net name="mlx5_0" dev="0" speed="400000" port="1" guid="0x1234"/>
              <net name="mlx5_1" dev="1" speed="400000" port="1" guid="0x1235"/>
              <net name="eth0" dev="2" speed="25000"/>
            </nic>
          </cpu>
        </system>
        """

    static let sailor = """
        file,zone_or_gpu,gpu,gpus_per_node,zone2,gpu2,gpus_per_node2,c2,c1,c0,max_bytes_per_s,src
        m.json,east,A100-40,4,east,A100-40,4,-0.01,0.4,4,7000000000,me
        m.json,east,A100-40,4,west,A100-40,4,0,0.1,0.5,1200000000,me
        m.json,west,A100-40,4,west,A100-40,4,-0.01,0.4,4,7000000000,me
        """

    static let rocmSMI = """
        ================================ Weight between two GPUs =================================
               GPU0         GPU1
        GPU0   0            15
        GPU1   15           0
        ================================= Hops between two GPUs ==================================
               GPU0         GPU1
        GPU0   0            1
        GPU1   1            0
        =============================== Link Type between two GPUs ===============================
               GPU0         GPU1
        GPU0   0            XGMI
        GPU1   XGMI         0
        """

    static let amdSMI = """
        WEIGHT TABLE:
                     0000:0c:00.0 0000:22:00.0
        0000:0c:00.0 0            15
        0000:22:00.0 15           0
        HOPS TABLE:
                     0000:0c:00.0 0000:22:00.0
        0000:0c:00.0 0            1
        0000:22:00.0 1            0
        LINK TYPE TABLE:
                     0000:0c:00.0 0000:22:00.0
        0000:0c:00.0 SELF         XGMI
        0000:22:00.0 XGMI         SELF
        """

    static let nvbandwidth = """
        nvbandwidth Version: v0.7
        Device 0: NVIDIA H100 80GB HBM3 (00000000:19:00)
        Running host_to_device_memcpy_ce.
        memcpy CE CPU(row) -> GPU(column) bandwidth (GB/s)
                   0         1
         0     55.36     55.35
        Running device_to_device_memcpy_read_ce.
        memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)
                   0         1
         0       N/A    390.00
         1    300.00       N/A
        Running device_to_device_memcpy_write_ce.
        memcpy CE GPU(row) <- GPU(column) bandwidth (GB/s)
                   0         1
         0       N/A    300.00
         1    390.00       N/A
        """

    static let nvbandwidthJSON = """
        {"nvbandwidth":{"testcases":[{"name":"device_to_device_memcpy_read_ce","status":"Passed",
        "bandwidth_description":"memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)","bandwidth_matrix":[["N/A","300.0"],["390.0","N/A"]]}]}}
        """

    static let nvbandwidthNodes = """
        Process 0 (tray-a): device 0: NVIDIA GB200 (00000008:01:00)
        Process 1 (tray-a): device 1: NVIDIA GB200 (00000009:01:00)
        Process 2 (tray-b): device 0: NVIDIA GB200 (00000008:01:00)
        Process 3 (tray-b): device 1: NVIDIA GB200 (00000009:01:00)
        Running multinode_device_to_device_memcpy_read_ce.
        memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)
                   0         1         2         3
         0       N/A    820.00    821.00    410.00
         1    822.00       N/A    822.00    411.00
         2    821.00    821.00       N/A    810.00
         3    410.00    411.00    812.00       N/A
        """

    static let nvbandwidthNodesJSON = """
        {"nvbandwidth":{"GPU Device list":["0: A (00000008:01:00): (a)","1: A (00000008:01:00): (b)"],
        "testcases":[{"name":"multinode_device_to_device_memcpy_read_ce","status":"Passed",
        "bandwidth_description":"memcpy CE GPU(row) -> GPU(column) bandwidth (GB/s)","bandwidth_matrix":[["N/A","300.0"],["390.0","N/A"]]}]}}
        """

    /// `bandwidthTest` on one A100, its product and rates replaced.
    static let bandwidthTest = """
        [CUDA Bandwidth Test] - Starting...
        Running on...

         Device 0: NVIDIA A100-SXM4-80GB
         Quick Mode

         Host to Device Bandwidth, 1 Device(s)
         PINNED Memory Transfers
           Transfer Size (Bytes)\tBandwidth(GB/s)
           32000000\t\t\t24.6

         Device to Host Bandwidth, 1 Device(s)
         PINNED Memory Transfers
           Transfer Size (Bytes)\tBandwidth(GB/s)
           32000000\t\t\t26.1

         Device to Device Bandwidth, 1 Device(s)
         PINNED Memory Transfers
           Transfer Size (Bytes)\tBandwidth(GB/s)
           32000000\t\t\t1214.0

        Result = PASS

        """

    static let p2pBandwidth = """
        Device: 0, NVIDIA H100 80GB HBM3, pciBusID: 19, pciDeviceID: 0, pciDomainID:0
        Unidirectional P2P=Disabled Bandwidth Matrix (GB/s)
           D\\D     0      1
             0 2500.00  35.00
             1  35.00 2500.00
        Unidirectional P2P=Enabled Bandwidth (P2P Writes) Matrix (GB/s)
           D\\D     0      1
             0 2500.00 390.00
             1 391.00 2500.00
        P2P=Enabled Latency (P2P Writes) Matrix (us)
           GPU     0      1
             0   2.00   2.50
             1   2.50   2.00
        """

    static let iblinkinfo = """
        Switch: 0x0000000000000010 MF0;leaf01:MQM8700/U1:
                  73    1[  ] ==( 4X        53.125 Gbps Active/  LinkUp)==>      21    1[  ] "n1 HCA-1" ( )
                  73    2[  ] ==( 4X        53.125 Gbps Active/  LinkUp)==>      22    1[  ] "n2 HCA-1" ( )
                  73    3[  ] ==(                Down/ Polling)==>             [  ] "" ( )
                  73   33[  ] ==( 4X        53.125 Gbps Active/  LinkUp)==>       3    1[  ] "MF0;spine01:MQM8700/U1" ( )
        Switch: 0x0000000000000090 MF0;spine01:MQM8700/U1:
                   3    1[  ] ==( 4X        53.125 Gbps Active/  LinkUp)==>      73   33[  ] "MF0;leaf01:MQM8700/U1" ( )
        """
}
