/**
 * The points of GB/T 22239-2019 level 3 that concern the computing environment (clause 8.1.4), in our own words. Number 16
 * is missing as in the list that assessments use; a change of wording or number makes a new version.
 */
import type { Bilingual } from '../contract.ts'

export const version = '2026-11'

export type Control = {
  readonly number: string
  readonly clause: string
  readonly family: Bilingual
  readonly title: Bilingual
  /** What to do where it does not pass. */
  readonly todo: Bilingual
}

type Words = readonly [zh: string, en: string]
const text = ([zh, en]: Words): Bilingual => ({ zh, en })

function family(
  clause: string,
  name: Words,
  points: readonly (readonly [string, Words, Words])[],
): Control[] {
  return points.map(([number, title, todo]) => ({
    ...{ number, clause, family: text(name) },
    ...{ title: text(title), todo: text(todo) },
  }))
}

export const controls: readonly Control[] = [
  ...family(
    '8.1.4.1',
    ['身份鉴别', 'Authentication'],
    [
      [
        '01',
        ['登录名唯一，口令有强度要求并定期更换', 'One login a person, strong passwords that are changed'],
        ['请口令超过 90 天的人员更换口令', 'Ask people whose password is older than 90 days to change it'],
      ],
      [
        '02',
        ['登录失败锁定，空闲会话自动结束', 'Logins lock after failures, idle sessions end'],
        [
          '把空闲时限设为 15 分钟或更短（XINGLIN_SESSION_IDLE）',
          'Set XINGLIN_SESSION_IDLE to 15 minutes or less',
        ],
      ],
      [
        '03',
        ['远程管理经加密通道', 'Remote administration is encrypted'],
        [
          '配置 XINGLIN_TLS_CERTIFICATE 和 XINGLIN_TLS_KEY',
          'Set XINGLIN_TLS_CERTIFICATE and XINGLIN_TLS_KEY',
        ],
      ],
      [
        '04',
        ['双因素鉴别，其一基于密码技术', 'Two factors, one of them cryptographic'],
        ['为管理员登记第二因素', 'Register second factors of administrators'],
      ],
    ],
  ),
  ...family(
    '8.1.4.2',
    ['访问控制', 'Access control'],
    [
      [
        '05',
        ['账户和权限按人分配，无匿名访问', 'Accounts and rights are given to persons, nothing is anonymous'],
        ['为每位使用者建立账户和角色', 'Give each user an account with roles'],
      ],
      [
        '06',
        [
          '默认账户更名或禁用，默认口令已改',
          'Default accounts renamed or disabled, default passwords changed',
        ],
        [
          '启用个人管理员账户后停用 admin，并完成一次性口令更换',
          'Disable admin once personal administrators exist; change one-time passwords',
        ],
      ],
      [
        '07',
        ['及时停用多余、过期账户', 'Stale accounts are disabled in time'],
        ['停用 90 天未登录的账户', 'Disable accounts without a sign-in for 90 days'],
      ],
      [
        '08',
        ['最小权限，三类管理员分离', 'Least privilege, three administrators apart'],
        [
          '任命系统、安全、审计三类管理员，互不兼任，并在“权限审批”启用三员分立',
          'Name system, security and audit administrators, none holding two roles, and separate them under Approvals',
        ],
      ],
      [
        '09',
        ['访问策略由授权主体配置', 'Access policy is set by those who are authorised'],
        ['由安全管理员建立访问策略', 'Let the security administrator write access policies'],
      ],
      [
        '10',
        ['访问控制细到用户与记录', 'Access is controlled to user and record'],
        ['检查策略的患者范围和隐藏字段', 'Review patients and hidden elements of the policies'],
      ],
      [
        '11',
        ['敏感资源加安全标记并据此控制', 'Sensitive resources carry labels that bind access'],
        ['为敏感记录加 meta.security 标记', 'Label sensitive records in meta.security'],
      ],
    ],
  ),
  ...family(
    '8.1.4.3',
    ['安全审计', 'Audit'],
    [
      [
        '12',
        ['审计覆盖每个用户和重要事件', 'Audit covers every user and important events'],
        ['检查审计写入是否正常', 'Check that audit entries are written'],
      ],
      [
        '13',
        ['审计记录含时间、用户、类型、结果', 'Audit entries have time, user, kind and outcome'],
        ['恢复审计表结构', 'Restore the table of the audit trail'],
      ],
      [
        '14',
        [
          '审计记录受保护、有备份、保存六个月以上',
          'Audit entries are protected, copied and kept for six months',
        ],
        ['启动封存任务并把审计导出到外部系统', 'Run the sealing and export the trail to a system outside'],
      ],
      [
        '15',
        ['审计进程不被未授权中断', 'Nobody stops the audit without authority'],
        ['恢复拒绝修改审计的触发器', 'Restore the triggers that refuse changes of the trail'],
      ],
    ],
  ),
  ...family(
    '8.1.4.4',
    ['入侵防范', 'Intrusion'],
    [
      [
        '17',
        ['只安装需要的组件', 'Only needed components are installed'],
        ['按 SBOM 核对组件清单', 'Compare the components with the SBOM'],
      ],
      [
        '18',
        ['关闭不需要的服务和端口', 'Unneeded services and ports are closed'],
        ['用防火墙核对开放端口', 'Compare open ports with the firewall'],
      ],
      [
        '19',
        ['限定管理终端的地址', 'Administration comes from known addresses'],
        ['在反向代理上限制管理地址', 'Restrict administration at the reverse proxy'],
      ],
      [
        '20',
        ['校验一切输入', 'All input is validated'],
        ['查看日志中的意外失败', 'Look at unexpected failures in the log'],
      ],
      [
        '21',
        ['发现漏洞并及时修补', 'Vulnerabilities are found and mended'],
        ['运行 npm audit 并记录结果', 'Run npm audit and keep its answer'],
      ],
      [
        '22',
        ['检测入侵并报警', 'Attacks are noticed and told'],
        [
          '处理异常访问，并把指标和日志接入报警系统',
          'Judge anomalies, and connect metrics and logs to an alarm system',
        ],
      ],
    ],
  ),
  ...family(
    '8.1.4.5',
    ['恶意代码防范', 'Malicious code'],
    [
      [
        '23',
        ['防恶意代码或主动免疫', 'Protection from malicious code'],
        ['在服务器和上传通道部署防护软件', 'Protect servers and uploads by software of the house'],
      ],
    ],
  ),
  ...family(
    '8.1.4.6',
    ['可信验证', 'Trusted boot'],
    [
      [
        '24',
        ['基于可信根验证启动', 'Start is verified from a root of trust'],
        ['使用支持可信启动的服务器', 'Use servers with trusted boot'],
      ],
    ],
  ),
  ...family(
    '8.1.4.7',
    ['数据完整性', 'Integrity'],
    [
      [
        '25',
        ['传输中的数据完整', 'Data in transit cannot be changed unseen'],
        ['为所有接口启用 TLS', 'Let every door speak TLS'],
      ],
      [
        '26',
        ['存储的数据完整', 'Stored data cannot be changed unseen'],
        ['启动审计封存并定期校验', 'Seal the trail and verify it regularly'],
      ],
    ],
  ),
  ...family(
    '8.1.4.8',
    ['数据保密性', 'Confidentiality'],
    [
      [
        '27',
        ['传输中的数据保密', 'Data in transit cannot be read'],
        ['为所有接口和数据库连接启用 TLS', 'Let every door and the database connection use TLS'],
      ],
      [
        '28',
        ['存储的敏感数据加密', 'Stored sensitive data is encrypted'],
        [
          '在“隐私保护 → 加密字段”选择要加密的字段，把主密钥移出数据目录，并加密数据盘',
          'Choose fields under Privacy → Sealed fields, move the master key out of the data folder and encrypt the disks',
        ],
      ],
    ],
  ),
  ...family(
    '8.1.4.9',
    ['数据备份恢复', 'Backup'],
    [
      [
        '29',
        ['本地备份与恢复', 'Local backup and restore'],
        ['开启 PostgreSQL 归档并做恢复演练', 'Archive the log of PostgreSQL and rehearse a restore'],
      ],
      [
        '30',
        ['异地实时备份', 'Remote copy in real time'],
        ['在异地建立流复制备库', 'Stream to a standby elsewhere'],
      ],
      [
        '31',
        ['重要系统热冗余', 'Hot redundancy'],
        ['建立备库并运行两个以上进程', 'Run a standby and more than one process'],
      ],
    ],
  ),
  ...family(
    '8.1.4.10',
    ['剩余信息保护', 'Residual information'],
    [
      [
        '32',
        ['鉴别信息在再用前清除', 'Credentials are cleared before reuse'],
        ['检查过期会话的清理', 'Check that ended sessions are removed'],
      ],
      [
        '33',
        ['敏感数据在再用前清除', 'Sensitive data is cleared before reuse'],
        ['加密数据盘和交换区', 'Encrypt disks and swap'],
      ],
    ],
  ),
  ...family(
    '8.1.4.11',
    ['个人信息保护', 'Personal information'],
    [
      [
        '34',
        ['只采集必要的个人信息', 'Only necessary personal information is collected'],
        ['维护个人信息目录及其用途', 'Keep an inventory of personal fields with their purpose'],
      ],
      [
        '35',
        ['禁止未授权访问和使用个人信息', 'No unauthorised access or use'],
        ['按时复核紧急访问和异常访问', 'Judge broken glass and anomalies in time'],
      ],
    ],
  ),
]
